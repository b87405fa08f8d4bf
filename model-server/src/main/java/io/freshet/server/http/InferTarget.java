package io.freshet.server.http;

import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import org.jspecify.annotations.Nullable;

/**
 * The model, and the version or null, that a request to predict names.
 *
 * @param version a version or label, or null for one that the model's labels select
 */
public record InferTarget(String model, @Nullable String version) {
    private static final String PREFIX = "/v2/models/";
    private static final String VERSIONS = "/versions/";
    private static final String SUFFIX = "/infer";

    /**
     * Returns the target of a request to predict whose path is in its plain form; null for any other request, and for a path that
     * the router has to decode or normalize first. The router takes a microsecond longer.
     */
    public static @Nullable InferTarget of(HttpServerRequest request) {
        String path = request.path();
        return path != null && request.method() == HttpMethod.POST ? of(path) : null;
    }

    static @Nullable InferTarget of(String path) {
        int end = path.length() - SUFFIX.length();
        if (end <= PREFIX.length() || !path.startsWith(PREFIX) || !path.endsWith(SUFFIX)) {
            return null;
        }
        int versions = path.indexOf(VERSIONS, PREFIX.length());
        String model = path.substring(PREFIX.length(), versions < 0 ? end : versions);
        String version = versions < 0 || versions + VERSIONS.length() > end
                ? null
                : path.substring(versions + VERSIONS.length(), end);
        boolean plain = isPlain(model) && (versions < 0 || (version != null && isPlain(version)));
        return plain ? new InferTarget(model, version) : null;
    }

    /** Returns whether decoding and normalizing a path leaves a segment as it is. */
    private static boolean isPlain(String segment) {
        return !segment.isEmpty() && segment.charAt(0) != '.' && segment.indexOf('/') < 0 && segment.indexOf('%') < 0;
    }
}
