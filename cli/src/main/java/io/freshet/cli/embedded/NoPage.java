package io.freshet.cli.embedded;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.flink.api.java.tuple.Tuple2;
import org.apache.flink.runtime.rest.handler.RestHandlerSpecification;
import org.apache.flink.shaded.netty4.io.netty.channel.ChannelInboundHandler;
import org.jspecify.annotations.Nullable;

/** No REST interface. Flink cannot start without one, so it has no handlers, and its port is closed as soon as it is open. */
final class NoPage extends LocalEndpoint {
    private @Nullable CompletableFuture<Void> closed;

    NoPage(Parts parts) throws Exception {
        super(parts);
    }

    @Override
    protected List<Tuple2<RestHandlerSpecification, ChannelInboundHandler>> initializeHandlers(
            CompletableFuture<String> address) {
        return new ArrayList<>();
    }

    @Override
    public void startInternal() {
        closed = super.shutDownInternal();
    }

    @Override
    protected CompletableFuture<Void> shutDownInternal() {
        return closed == null ? super.shutDownInternal() : closed;
    }
}
