package io.freshet.cli.embedded;

import java.util.ArrayList;
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
import org.apache.flink.runtime.rest.RestEndpointFactory;
import org.apache.flink.runtime.rest.handler.RestHandlerConfiguration;
import org.apache.flink.runtime.rest.handler.RestHandlerSpecification;
import org.apache.flink.runtime.rest.handler.legacy.metrics.MetricFetcher;
import org.apache.flink.runtime.rpc.FatalErrorHandler;
import org.apache.flink.runtime.webmonitor.WebMonitorEndpoint;
import org.apache.flink.runtime.webmonitor.retriever.LeaderGatewayRetriever;
import org.apache.flink.shaded.netty4.io.netty.channel.ChannelInboundHandler;
import org.jspecify.annotations.Nullable;

/** No REST interface. Flink cannot start without one, so it has no handlers, and its port is closed as soon as it is open. */
final class NoPage implements RestEndpointFactory<DispatcherGateway> {
    @Override
    public WebMonitorEndpoint<DispatcherGateway> createRestEndpoint(
            Configuration configuration,
            LeaderGatewayRetriever<DispatcherGateway> dispatcher,
            LeaderGatewayRetriever<ResourceManagerGateway> resourceManager,
            TransientBlobService blobs,
            ScheduledExecutorService executor,
            MetricFetcher metrics,
            LeaderElection election,
            FatalErrorHandler errors)
            throws Exception {
        RestHandlerConfiguration handlers = RestHandlerConfiguration.fromConfiguration(configuration);
        return new DispatcherRestEndpoint(
                dispatcher,
                configuration,
                handlers,
                resourceManager,
                blobs,
                executor,
                metrics,
                election,
                RestEndpointFactory.createExecutionGraphCache(handlers),
                errors) {
            private @Nullable CompletableFuture<Void> closed;

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
        };
    }
}
