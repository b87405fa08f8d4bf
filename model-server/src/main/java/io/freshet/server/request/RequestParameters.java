package io.freshet.server.request;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The parameters of an inference request.
 *
 * @param unknownKeys what predicts rows with unknown keys, or null for the server's default
 * @param others parameters that the server does not know, to return unchanged: strings, numbers, and booleans
 */
public record RequestParameters(@Nullable UnknownKeys unknownKeys, Map<String, Object> others) {
    public static final RequestParameters NONE = new RequestParameters(null, Map.of());

    /** Parameters of responses, which a request must not set. */
    private static final Set<String> RESERVED = Set.of("watermark", "age_seconds");

    /**
     * Returns the parameters of a request.
     *
     * @param sent strings, numbers, and booleans
     * @throws RequestException if one is reserved or has an invalid value
     */
    public static RequestParameters of(Map<String, Object> sent) throws RequestException {
        Map<String, Object> others = new LinkedHashMap<>(sent);
        Object policy = others.remove("unknown_keys");
        for (String name : others.keySet()) {
            if (RESERVED.contains(name)) {
                throw RequestException.bad("parameters", name, "another name; the response has this one");
            }
        }
        return new RequestParameters(unknownKeys(policy), others);
    }

    private static @Nullable UnknownKeys unknownKeys(@Nullable Object policy) throws RequestException {
        if (policy == null) {
            return null;
        }
        return UnknownKeys.of(policy.toString())
                .orElseThrow(() -> RequestException.bad(
                        "parameters.unknown_keys", Excerpt.name(policy.toString()), "one of " + UnknownKeys.NAMES));
    }
}
