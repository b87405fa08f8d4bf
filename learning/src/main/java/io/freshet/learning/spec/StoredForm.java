package io.freshet.learning.spec;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * The form of specifications in records and states, and the one that is hashed. It is that of the versions which hashed the
 * indices of every sparse vector, so their records, states, and hashes keep their meaning:
 *
 * <pre>
 *   of users                             stored
 *   sparse: [s]                          sparse: [{field: s, hash: false}]
 *   sparse: [{field: s, hash: true}]     sparse: [s]
 *   clamp, if it is the default          nothing, since specifications were stored before the field existed
 * </pre>
 *
 * Pinned by {@code StoredFormTest}.
 */
final class StoredForm {
    private static final String FIELD = "field";
    private static final String HASH = "hash";

    private StoredForm() {}

    /** Returns a document in the form of users. */
    static Map<?, ?> read(Map<?, ?> stored) {
        return withFeatures(stored, features -> withSparse(features, StoredForm::readVector));
    }

    /** Returns the stored form of what {@link SpecWriter} writes. */
    static Map<?, ?> write(ModelSpec spec) {
        Map<String, Object> written = SpecWriter.write(spec);
        if (spec.clamps() == Architecture.clampsByDefault(spec.loss(), spec.optimizer(), spec.outputs())) {
            written.remove("clamp");
        }
        return withFeatures(written, StoredForm::features);
    }

    /** Returns the stored form of its features. */
    static Map<?, ?> features(Map<?, ?> written) {
        return withSparse(written, StoredForm::writeVector);
    }

    private static Object readVector(Object stored) {
        return stored instanceof String ? Map.of(FIELD, stored, HASH, true) : stored;
    }

    private static Object writeVector(Object written) {
        return written instanceof Map<?, ?> vector
                        && Boolean.TRUE.equals(vector.get(HASH))
                        && vector.get(FIELD) instanceof String field
                ? field
                : written;
    }

    private static Map<?, ?> withFeatures(Map<?, ?> document, UnaryOperator<Map<?, ?>> change) {
        return document.get("features") instanceof Map<?, ?> features
                ? with(document, "features", change.apply(features))
                : document;
    }

    private static Map<?, ?> withSparse(Map<?, ?> features, UnaryOperator<Object> change) {
        if (!(features.get("sparse") instanceof List<?> vectors)) {
            return features;
        }
        List<Object> changed = new ArrayList<>();
        vectors.forEach(vector -> changed.add(change.apply(vector)));
        return with(features, "sparse", changed);
    }

    private static Map<?, ?> with(Map<?, ?> map, String field, Object value) {
        Map<Object, Object> changed = new LinkedHashMap<>(map);
        changed.put(field, value);
        return changed;
    }
}
