package io.freshet.server.request;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The parameters of an inference request.
 *
 * @param unknownKeys what predicts rows with unknown keys, or null for the server's default
 * @param lineage whether to return the offsets that the parameters have learned
 * @param explain whether to return the contributions of the features
 * @param others parameters that the server does not know, to return unchanged: strings, numbers, and booleans
 */
public record RequestParameters(
        @Nullable UnknownKeys unknownKeys, boolean lineage, boolean explain, Map<String, Object> others) {
    public static final RequestParameters NONE = new RequestParameters(null, false, false, Map.of());
}
