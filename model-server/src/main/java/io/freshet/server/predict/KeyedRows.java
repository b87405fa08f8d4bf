package io.freshet.server.predict;

import io.freshet.schemas.kafka.ParameterKey;
import io.freshet.server.body.RequestException;
import io.freshet.server.request.InferRequest;
import io.freshet.server.request.UnknownKeys;
import io.freshet.server.store.ServedModel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Finds what predicts each row of a request to a keyed model. */
final class KeyedRows {
    private KeyedRows() {}

    /**
     * Returns the source of each row. Rows with the same key have the same one, and so do those with unknown
     * keys, even if a swap happens in between.
     *
     * @param route selects the version of each key
     * @throws RequestException if a key is invalid, a known key does not have the version, or no row has a prediction
     */
    static List<RowSource> sources(ServedModel model, InferRequest request, Route route, UnknownKeyRule unknown)
            throws RequestException {
        String field = String.valueOf(model.spec().spec().key());
        UnknownKeys policy = unknown.policy(model, request.parameters().unknownKeys());
        String[] keys = InputEncoder.keys(request.inputs(), field);
        Map<String, RowSource> byKey = new HashMap<>();
        Function<String, RowSource> ofUnknown = null;
        List<RowSource> sources = new ArrayList<>(request.rows());
        for (int row = 0; row < request.rows(); row++) {
            String key = keys[row];
            RowSource source = byKey.get(key);
            if (source == null) {
                checkKey(field, key);
                source = route.find(model, key);
                if (source == null) {
                    ofUnknown = ofUnknown == null ? unknown.sources(model, policy) : ofUnknown;
                    source = ofUnknown.apply(VersionLookup.noSuchKey(model, key));
                }
                byKey.put(key, source);
            }
            sources.add(source);
        }
        if (byKey.values().stream().allMatch(source -> source.set() == null)) {
            throw RequestException.notFound(sources.get(0).error());
        }
        return sources;
    }

    /** Rejects a key that no sample can have. */
    private static void checkKey(String field, String key) throws RequestException {
        int length = key.getBytes(StandardCharsets.UTF_8).length;
        if (!ParameterKey.isKeyLength(length)) {
            throw RequestException.bad(field, "a text of " + length + " bytes", ParameterKey.EXPECTED_KEY);
        }
    }
}
