package io.freshet.server.page;

import io.freshet.server.http.EncodedContent;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Router;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Properties;

/**
 * Serves the page's files from the class path, and its event stream. The page loads nothing from other hosts, so it
 * also works offline; the content security policy enforces this.
 */
public final class PageRoutes {
    private static final String POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
            + "img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
    private static final String WEBJAR = "/META-INF/maven/org.webjars.npm/uplot/pom.properties";

    private static final List<String> SCRIPTS = List.of(
            "chart.js",
            "charts.js",
            "curve.js",
            "curves.js",
            "format.js",
            "page.js",
            "selection.js",
            "smoothing.js",
            "stream.js",
            "table.js",
            "zoom.js");

    private final EventStream stream;

    public PageRoutes(EventStream stream) {
        this.stream = stream;
    }

    public void mount(Router router) {
        file(router, "/", "index.html", "text/html; charset=utf-8");
        file(router, "/ui/page.css", "page.css", "text/css; charset=utf-8");
        SCRIPTS.forEach(name -> file(router, "/ui/" + name, name, "text/javascript; charset=utf-8"));
        file(router, "/favicon.ico", "icon.svg", "image/svg+xml");
        String uplot = "/META-INF/resources/webjars/uplot/" + uplotVersion();
        file(router, "/webjars/uplot/uPlot.esm.js", uplot + "/dist/uPlot.esm.js", "text/javascript; charset=utf-8");
        file(router, "/webjars/uplot/uPlot.min.css", uplot + "/dist/uPlot.min.css", "text/css; charset=utf-8");
        file(router, "/webjars/uplot/LICENSE", uplot + "/LICENSE", "text/plain; charset=utf-8");
        router.get("/ui/stream").method(HttpMethod.HEAD).handler(stream::open);
    }

    private static void file(Router router, String path, String resource, String type) {
        byte[] content = read(resource);
        EncodedContent plain = EncodedContent.of(content, false);
        EncodedContent compressed = EncodedContent.of(content, true);
        router.get(path)
                .method(HttpMethod.HEAD)
                .handler(context -> (EncodedContent.acceptsGzip(context.request()) ? compressed : plain)
                        .end(context.response()
                                .putHeader(HttpHeaders.CONTENT_TYPE, type)
                                .putHeader(HttpHeaders.CACHE_CONTROL, "no-cache")
                                .putHeader("Content-Security-Policy", POLICY)
                                .putHeader("Referrer-Policy", "no-referrer")
                                .putHeader("X-Content-Type-Options", "nosniff")));
    }

    private static String uplotVersion() {
        Properties properties = new Properties();
        try (InputStream in = open(WEBJAR)) {
            properties.load(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return properties.getProperty("version");
    }

    private static byte[] read(String resource) {
        try (InputStream in = open(resource)) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static InputStream open(String resource) {
        InputStream in = PageRoutes.class.getResourceAsStream(resource);
        if (in == null) {
            throw new IllegalStateException("class path: no " + resource + " (expected: the page's files)");
        }
        return in;
    }
}
