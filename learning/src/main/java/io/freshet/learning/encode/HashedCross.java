package io.freshet.learning.encode;

import io.freshet.learning.features.MurmurHash3;
import io.freshet.learning.spec.MissingSpec;
import java.util.List;

/**
 * Text fields whose values are hashed together.
 *
 * @param seed of the hashes of their values: the hash of their names
 */
record HashedCross(HashedField[] fields, int seed) {
    private static final int CROSS_SEED = 0x63726f73;

    static HashedCross of(List<String> names, FieldPlaces places, int seed, MissingSpec missing) {
        int h = seed ^ CROSS_SEED;
        for (String name : names) {
            h = MurmurHash3.hash(name, h);
        }
        return new HashedCross(HashedField.of(names, places, seed, missing), h);
    }
}
