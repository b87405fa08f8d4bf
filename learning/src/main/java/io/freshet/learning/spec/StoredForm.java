package io.freshet.learning.spec;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The form of specifications in records and states, and the one that is hashed. It is that of the versions which hashed the
 * indices of every sparse vector, so their records, states, and hashes keep their meaning:
 *
 * <pre>
 *   of users                             stored
 *   sparse: [s]                          sparse: [{field: s, hash: false}]
 *   sparse: [{field: s, hash: true}]     sparse: [s]
 * </pre>
 *
 * Pinned by {@code StoredFormTest}.
 */
final class StoredForm {
    private static final String FEATURES = "features";
    private static final String SPARSE = "sparse";
    private static final String FIELD = "field";
    private static final String HASH = "hash";

    private StoredForm() {}

    /** Returns a document in the form of users. */
    static Map<?, ?> read(Map<?, ?> stored) {
        if (!(stored.get(FEATURES) instanceof Map<?, ?> features) || !(features.get(SPARSE) instanceof List<?> fields)) {
            return stored;
        }
        List<Object> written = new ArrayList<>();
        for (Object field : fields) {
            written.add(field instanceof String ? Map.of(FIELD, field, HASH, true) : field);
        }
        return with(stored, FEATURES, with(features, SPARSE, written));
    }

    /** Returns the stored form of a document that {@link SpecWriter} wrote. */
    static Map<?, ?> write(Map<String, Object> written) {
        return written.get(FEATURES) instanceof Map<?, ?> features
                ? with(written, FEATURES, features(features))
                : written;
    }

    /** Returns the stored form of its features. */
    static Map<?, ?> features(Map<?, ?> written) {
        List<Object> stored = new ArrayList<>();
        for (Object vector : (List<?>) written.get(SPARSE)) {
            Map<?, ?> fields = (Map<?, ?>) vector;
            stored.add(fields.get(HASH).equals(true) ? fields.get(FIELD) : fields);
        }
        return with(written, SPARSE, stored);
    }

    private static Map<?, ?> with(Map<?, ?> map, String field, Object value) {
        Map<Object, Object> changed = new LinkedHashMap<>(map);
        changed.put(field, value);
        return changed;
    }
}
