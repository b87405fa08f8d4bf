package io.freshet.learning.encode;

import io.freshet.learning.features.MurmurHash3;
import io.freshet.learning.spec.FeatureSpec;
import io.freshet.learning.spec.MissingSpec;
import java.util.List;

/**
 * A field of sparse vectors, and the rule for the rows of their indices.
 *
 * @param field its seed is that of its hashes, or the row of index 0
 * @param hashes whether indices are hashed
 */
record SparseField(HashedField field, boolean hashes) {
    static SparseField[] of(FeatureSpec.Hashed features, FieldPlaces places, int seed, MissingSpec missing) {
        FeatureSpec.Sparse unshifted = features.unshifted();
        return features.sparse().stream()
                .map(vector -> {
                    HashedField field = HashedField.of(List.of(vector.field()), places, seed, missing)[0];
                    return new SparseField(vector.equals(unshifted) ? field.withSeed(0) : field, vector.hash());
                })
                .toArray(SparseField[]::new);
    }

    /** Returns what selects the row of an index, modulo the number of rows. */
    int hash(int index) {
        return hashes ? MurmurHash3.hash(index, field.seed()) : index + field.seed();
    }
}
