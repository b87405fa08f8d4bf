package io.freshet.server.page;

import io.freshet.server.body.EncodedContent;
import io.freshet.server.body.Responses;
import io.freshet.server.store.ServedModel;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Router;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Supplier;

/** The description of the API in OpenAPI's format, and a page that shows it. Both work offline. */
public final class DocsRoutes {
    private static final String POLICY = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
            + "connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private final ApiDescription description;
    private final Supplier<List<ServedModel>> models;
    private final Responses responses;

    /** @param models those whose requests the description has as examples */
    public DocsRoutes(Supplier<List<ServedModel>> models, InstantSource clock, Responses responses) {
        description = new ApiDescription(clock);
        this.models = models;
        this.responses = responses;
    }

    public void mount(Router router) {
        router.get("/v2/openapi.json").method(HttpMethod.HEAD).handler(context -> {
            StaticFile.putHeaders(context.response(), "application/json", POLICY);
            boolean acceptsGzip = EncodedContent.acceptsGzip(context.request());
            description.of(models.get(), acceptsGzip).end(context.request(), responses);
        });
        file(router, "/docs", "docs.html", "text/html; charset=utf-8");
        file(router, "/docs/docs.js", "docs.js", "text/javascript; charset=utf-8");
        String swagger = StaticFile.webjar("org.webjars", "swagger-ui");
        String javascript = "text/javascript; charset=utf-8";
        for (String name : new String[] {"swagger-ui-bundle.js", "swagger-ui.css"}) {
            file(
                    router,
                    "/webjars/swagger-ui/" + name,
                    swagger + "/" + name,
                    name.endsWith("css") ? "text/css; charset=utf-8" : javascript);
        }
    }

    private void file(Router router, String path, String resource, String type) {
        StaticFile.mount(router, responses, path, resource, type, POLICY);
    }
}
