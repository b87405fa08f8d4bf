package io.freshet.cli.embedded;

import java.util.concurrent.ScheduledExecutorService;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.runtime.blob.TransientBlobService;
import org.apache.flink.runtime.dispatcher.DispatcherGateway;
import org.apache.flink.runtime.dispatcher.DispatcherRestEndpoint;
import org.apache.flink.runtime.leaderelection.LeaderElection;
import org.apache.flink.runtime.resourcemanager.ResourceManagerGateway;
import org.apache.flink.runtime.rest.RestEndpointFactory;
import org.apache.flink.runtime.rest.handler.RestHandlerConfiguration;
import org.apache.flink.runtime.rest.handler.legacy.metrics.MetricFetcher;
import org.apache.flink.runtime.rpc.FatalErrorHandler;
import org.apache.flink.runtime.webmonitor.retriever.LeaderGatewayRetriever;

/** Flink's REST interface, of which a subclass has some handlers only. */
class LocalEndpoint extends DispatcherRestEndpoint {
    /** What Flink passes to the factory of an endpoint. */
    record Parts(
            Configuration configuration,
            LeaderGatewayRetriever<DispatcherGateway> dispatcher,
            LeaderGatewayRetriever<ResourceManagerGateway> resourceManager,
            TransientBlobService blobs,
            ScheduledExecutorService executor,
            MetricFetcher metrics,
            LeaderElection election,
            FatalErrorHandler errors) {}

    /** Creates an endpoint. */
    @FunctionalInterface
    interface Constructor {
        LocalEndpoint create(Parts parts) throws Exception;
    }

    LocalEndpoint(Parts parts) throws Exception {
        this(parts, RestHandlerConfiguration.fromConfiguration(parts.configuration()));
    }

    private LocalEndpoint(Parts parts, RestHandlerConfiguration handlers) throws Exception {
        super(
                parts.dispatcher(),
                parts.configuration(),
                handlers,
                parts.resourceManager(),
                parts.blobs(),
                parts.executor(),
                parts.metrics(),
                parts.election(),
                RestEndpointFactory.createExecutionGraphCache(handlers),
                parts.errors());
    }

    static RestEndpointFactory<DispatcherGateway> factory(Constructor constructor) {
        return (configuration, dispatcher, resourceManager, blobs, executor, metrics, election, errors) ->
                constructor.create(new Parts(
                        configuration, dispatcher, resourceManager, blobs, executor, metrics, election, errors));
    }
}
