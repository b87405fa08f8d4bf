package io.freshet.cli.embedded;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.flink.api.java.tuple.Tuple2;
import org.apache.flink.runtime.rest.HttpMethodWrapper;
import org.apache.flink.runtime.rest.handler.RestHandlerSpecification;
import org.apache.flink.shaded.netty4.io.netty.channel.ChannelInboundHandler;

/**
 * Flink's web UI without the routes that change anything: those would let any page that a browser shows on this machine cancel
 * the job, or run code. The remaining ones answer only requests that name this machine: {@link LoopbackHost}.
 */
final class ReadOnlyPage extends LocalEndpoint {
    /** These routes stop a job by a GET request, for clients that cannot send others. */
    private static final String STOPPING = "/yarn-";

    ReadOnlyPage(Parts parts) throws Exception {
        super(parts);
    }

    @Override
    protected List<Tuple2<RestHandlerSpecification, ChannelInboundHandler>> initializeHandlers(
            CompletableFuture<String> address) {
        List<Tuple2<RestHandlerSpecification, ChannelInboundHandler>> all = super.initializeHandlers(address);
        all.removeIf(handler -> !isReadOnly(handler.f0));
        all.replaceAll(handler -> Tuple2.of(handler.f0, new LoopbackHost(handler.f1, responseHeaders)));
        return all;
    }

    private static boolean isReadOnly(RestHandlerSpecification route) {
        return route.getHttpMethod() == HttpMethodWrapper.GET
                && !route.getTargetRestEndpointURL().contains(STOPPING);
    }
}
