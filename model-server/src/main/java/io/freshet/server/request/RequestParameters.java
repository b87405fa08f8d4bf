package io.freshet.server.request;

import io.freshet.server.body.RequestException;
import io.freshet.server.body.RequestExcerpt;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The parameters of an inference request.
 *
 * @param unknownKeys what predicts rows with unknown keys, or null for the server's default
 * @param stickyKey requests with the same one are answered by the same label, or null
 * @param lineage whether to return the offsets that the parameters have learned
 * @param explain whether to return the contributions of the features
 * @param log whether to log the answer, if the server logs any
 * @param binaryOutput whether to return outputs in binary form, unless one says otherwise
 * @param others parameters that the server does not know, to return unchanged: strings, numbers, and booleans
 */
public record RequestParameters(
        @Nullable UnknownKeys unknownKeys,
        @Nullable String stickyKey,
        boolean lineage,
        boolean explain,
        boolean log,
        boolean binaryOutput,
        Map<String, Object> others) {
    public static final RequestParameters NONE = new RequestParameters(null, null, false, false, true, false, Map.of());

    /** Parameters of responses, which a request must not set. */
    private static final Set<String> RESERVED =
            Set.of("samples_learned", "lane", "watermark", "age_seconds", "offsets", "version_label");

    /** Parameters of extensions of the protocol that the server does not have, and the names of these. */
    private static final Map<String, String> NOT_OFFERED = Map.of(
            "classification", "classification",
            "shared_memory_region", "shared_memory",
            "shared_memory_offset", "shared_memory",
            "shared_memory_byte_size", "shared_memory",
            "sequence_id", "sequence",
            "sequence_start", "sequence",
            "sequence_end", "sequence",
            "priority", "schedule_policy",
            "timeout", "schedule_policy");

    /**
     * Refuses a parameter that asks for something else than the server would answer.
     *
     * @param path of the parameters: those of the request, of an input, or of an output
     */
    public static void requireOffered(String path, String name) throws RequestException {
        String extension = NOT_OFFERED.get(name);
        if (extension != null) {
            throw RequestException.bad(
                    path + "." + name, "given", "none; the server does not have the extension " + extension);
        }
    }

    /**
     * Returns the parameters of a request.
     *
     * @param sent strings, numbers, and booleans
     * @throws RequestException if one is reserved, is of an extension that the server does not have, or has an invalid value
     */
    public static RequestParameters of(Map<String, Object> sent) throws RequestException {
        Map<String, Object> others = new LinkedHashMap<>(sent);
        Object policy = others.remove("unknown_keys");
        Object stickyKey = others.remove("sticky_key");
        boolean lineage = flag("lineage", others, false);
        boolean explain = flag("explain", others, false);
        boolean log = flag("log", others, true);
        boolean binaryOutput = flag("binary_data_output", others, false);
        for (String name : others.keySet()) {
            requireOffered("parameters", name);
            if (RESERVED.contains(name)) {
                throw RequestException.bad("parameters", name, "another name; the response has this one");
            }
        }
        return new RequestParameters(
                unknownKeys(policy),
                stickyKey == null ? null : stickyKey.toString(),
                lineage,
                explain,
                log,
                binaryOutput,
                others);
    }

    /** Returns these parameters without what selects a version or outputs. */
    RequestParameters withoutOutputs() {
        return new RequestParameters(null, null, false, false, log, false, Map.of());
    }

    /** Removes a parameter and returns its value. */
    private static boolean flag(String name, Map<String, Object> sent, boolean otherwise) throws RequestException {
        Object value = sent.remove(name);
        if (value == null) {
            return otherwise;
        }
        if (value instanceof Boolean flag) {
            return flag;
        }
        throw RequestException.bad("parameters." + name, RequestExcerpt.name(value.toString()), "true or false");
    }

    private static @Nullable UnknownKeys unknownKeys(@Nullable Object policy) throws RequestException {
        if (policy == null) {
            return null;
        }
        return UnknownKeys.of(policy.toString())
                .orElseThrow(() -> RequestException.bad(
                        "parameters.unknown_keys",
                        RequestExcerpt.name(policy.toString()),
                        "one of " + UnknownKeys.NAMES));
    }
}
