package io.freshet.learning.encode;

import io.freshet.learning.encode.field.FieldPlaces;
import io.freshet.learning.features.MurmurHash3;
import io.freshet.learning.spec.feature.MissingSpec;
import java.util.List;

/**
 * A hashed text field.
 *
 * @param place of its text in a row
 * @param seed of the hashes of its values: the hash of its name
 * @param optional whether an absent text is read as the empty text
 */
record HashedField(String name, int place, int seed, boolean optional) {
    static HashedField[] of(List<String> names, FieldPlaces places, int seed, MissingSpec missing) {
        return names.stream()
                .map(name ->
                        new HashedField(name, places.text(name), MurmurHash3.hash(name, seed), missing.allows(name)))
                .toArray(HashedField[]::new);
    }

    HashedField withSeed(int other) {
        return new HashedField(name, place, other, optional);
    }
}
