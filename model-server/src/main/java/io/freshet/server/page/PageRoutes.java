package io.freshet.server.page;

import io.freshet.server.access.AccessHandler;
import io.freshet.server.body.Responses;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Router;
import java.util.List;

/**
 * Serves the page's files from the class path, and its event stream. The page loads nothing from other hosts, so it
 * also works offline; the content security policy enforces this.
 */
public final class PageRoutes {
    private static final String POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
            + "img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private static final String HTML = "text/html; charset=utf-8";
    private static final List<String> STYLES = List.of("base.css", "overview.css", "model.css");
    private static final List<String> SCRIPTS = List.of(
            "api.js",
            "axes.js",
            "chart.js",
            "charts.js",
            "classes.js",
            "connection.js",
            "cursor.js",
            "curve.js",
            "curves.js",
            "delays.js",
            "dom.js",
            "format.js",
            "health.js",
            "inspection.js",
            "join.js",
            "keys.js",
            "labels.js",
            "legend.js",
            "line.js",
            "lineage.js",
            "marks.js",
            "model-charts.js",
            "model.js",
            "order.js",
            "overview-charts.js",
            "page.js",
            "range.js",
            "rollback.js",
            "row.js",
            "selection.js",
            "session.js",
            "sign-in.js",
            "smoothing.js",
            "specification.js",
            "status.js",
            "stream.js",
            "table.js",
            "tooltip.js",
            "try.js",
            "version-row.js",
            "versions.js",
            "zoom.js");

    private final EventStream stream;
    private final Responses responses;

    public PageRoutes(EventStream stream, Responses responses) {
        this.stream = stream;
        this.responses = responses;
    }

    public void mount(Router router) {
        file(router, "/", "index.html", HTML);
        file(router, "/models/:model", "model.html", HTML);
        file(router, AccessHandler.SIGN_IN, "sign-in.html", HTML);
        STYLES.forEach(name -> file(router, "/ui/" + name, name, "text/css; charset=utf-8"));
        SCRIPTS.forEach(name -> file(router, "/ui/" + name, name, "text/javascript; charset=utf-8"));
        file(router, "/favicon.ico", "icon.svg", "image/svg+xml");
        String uplot = StaticFile.webjar("org.webjars.npm", "uplot");
        file(router, "/webjars/uplot/uPlot.esm.js", uplot + "/dist/uPlot.esm.js", "text/javascript; charset=utf-8");
        file(router, "/webjars/uplot/uPlot.min.css", uplot + "/dist/uPlot.min.css", "text/css; charset=utf-8");
        file(router, "/webjars/uplot/LICENSE", uplot + "/LICENSE", "text/plain; charset=utf-8");
        router.get("/ui/stream").method(HttpMethod.HEAD).handler(stream::open);
    }

    private void file(Router router, String path, String resource, String type) {
        StaticFile.mount(router, responses, path, resource, type, POLICY);
    }
}
