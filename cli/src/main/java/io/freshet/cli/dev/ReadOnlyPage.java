package io.freshet.cli.dev;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import org.apache.flink.api.java.tuple.Tuple2;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.runtime.blob.TransientBlobService;
import org.apache.flink.runtime.dispatcher.DispatcherGateway;
import org.apache.flink.runtime.dispatcher.DispatcherRestEndpoint;
import org.apache.flink.runtime.leaderelection.LeaderElection;
import org.apache.flink.runtime.resourcemanager.ResourceManagerGateway;
import org.apache.flink.runtime.rest.HttpMethodWrapper;
import org.apache.flink.runtime.rest.RestEndpointFactory;
import org.apache.flink.runtime.rest.handler.RestHandlerConfiguration;
import org.apache.flink.runtime.rest.handler.RestHandlerSpecification;
import org.apache.flink.runtime.rest.handler.legacy.metrics.MetricFetcher;
import org.apache.flink.runtime.rpc.FatalErrorHandler;
import org.apache.flink.runtime.webmonitor.retriever.LeaderGatewayRetriever;
import org.apache.flink.shaded.netty4.io.netty.channel.ChannelInboundHandler;

/**
 * Flink's web UI without the routes that change anything: those would let any page that a browser shows on this machine cancel
 * the job, or run code. The remaining ones answer only requests that name this machine: {@link LoopbackHost}.
 */
final class ReadOnlyPage extends DispatcherRestEndpoint {
    /** These routes stop a job by a GET request, for clients that cannot send others. */
    private static final String STOPPING = "/yarn-";

    /** As in {@link RestEndpointFactory}. */
    ReadOnlyPage(
            Configuration configuration,
            LeaderGatewayRetriever<DispatcherGateway> dispatcher,
            LeaderGatewayRetriever<ResourceManagerGateway> resourceManager,
            TransientBlobService blobs,
            ScheduledExecutorService executor,
            MetricFetcher metrics,
            LeaderElection election,
            FatalErrorHandler errors)
            throws Exception {
        super(
                dispatcher,
                configuration,
                RestHandlerConfiguration.fromConfiguration(configuration),
                resourceManager,
                blobs,
                executor,
                metrics,
                election,
                RestEndpointFactory.createExecutionGraphCache(
                        RestHandlerConfiguration.fromConfiguration(configuration)),
                errors);
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
