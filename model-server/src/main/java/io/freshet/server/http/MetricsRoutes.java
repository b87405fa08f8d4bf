package io.freshet.server.http;

import io.freshet.server.body.EncodedContent;
import io.freshet.server.body.Responses;
import io.freshet.server.metrics.ServerMetrics;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.nio.charset.StandardCharsets;

/** {@code /metrics}, in Prometheus's text format. */
public final class MetricsRoutes {
    private static final int MAXIMUM_SCRAPES = 4;

    private final Admission scrapes = new Admission("scrapes", MAXIMUM_SCRAPES, 0);
    private final ServerMetrics metrics;
    private final WorkerExecutor worker;
    private final Responses responses;

    /** @param worker may take long because of many keys */
    public MetricsRoutes(ServerMetrics metrics, WorkerExecutor worker, Responses responses) {
        this.metrics = metrics;
        this.worker = worker;
        this.responses = responses;
    }

    public void mount(Router router) {
        router.get("/metrics").method(HttpMethod.HEAD).handler(this::scrape);
    }

    private void scrape(RoutingContext context) {
        boolean acceptsGzip = EncodedContent.acceptsGzip(context.request());
        scrapes.run(() -> worker.executeBlocking(
                        () -> EncodedContent.of(metrics.scrape().getBytes(StandardCharsets.UTF_8), acceptsGzip), false))
                .onSuccess(content -> {
                    context.response().putHeader(HttpHeaders.CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8");
                    content.end(context.request(), responses);
                })
                .onFailure(context::fail);
    }
}
