package io.freshet.server.page;

import io.freshet.server.body.EncodedContent;
import io.freshet.server.body.Responses;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.Router;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/** Files on the class path that browsers load. */
final class StaticFile {
    private StaticFile() {}

    /**
     * Serves a file at a path.
     *
     * @param resource name relative to this package, or absolute
     * @param policy content security policy
     */
    static void mount(Router router, Responses responses, String path, String resource, String type, String policy) {
        byte[] content = read(resource);
        EncodedContent plain = EncodedContent.of(content, false);
        EncodedContent compressed = EncodedContent.of(content, true);
        router.get(path).method(HttpMethod.HEAD).handler(context -> {
            putHeaders(context.response(), type, policy);
            boolean accepted = EncodedContent.acceptsGzip(context.request());
            (accepted ? compressed : plain).end(context.request(), responses);
        });
    }

    static void putHeaders(HttpServerResponse response, String type, String policy) {
        response.putHeader(HttpHeaders.CONTENT_TYPE, type)
                .putHeader(HttpHeaders.CACHE_CONTROL, "no-cache")
                .putHeader("Content-Security-Policy", policy)
                .putHeader("Referrer-Policy", "no-referrer")
                .putHeader("X-Content-Type-Options", "nosniff");
    }

    /** Returns the folder of a WebJar, whose name has its version. */
    static String webjar(String group, String artifact) {
        Properties properties = new Properties();
        try (InputStream in = open("/META-INF/maven/" + group + "/" + artifact + "/pom.properties")) {
            properties.load(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return "/META-INF/resources/webjars/" + artifact + "/" + properties.getProperty("version");
    }

    static byte[] read(String resource) {
        try (InputStream in = open(resource)) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static InputStream open(String resource) {
        InputStream in = StaticFile.class.getResourceAsStream(resource);
        if (in == null) {
            throw new IllegalStateException("class path: no " + resource + " (expected: the page's files)");
        }
        return in;
    }
}
