package io.freshet.learning.encode;

import io.freshet.learning.features.MurmurHash3;
import java.util.List;

/**
 * A hashed text field.
 *
 * @param place of its text in a row
 * @param seed of the hashes of its values: the hash of its name
 */
record HashedField(String name, int place, int seed) {
    static HashedField[] of(List<String> names, FieldPlaces places, int seed) {
        return names.stream()
                .map(name -> new HashedField(name, places.text(name), MurmurHash3.hash(name, seed)))
                .toArray(HashedField[]::new);
    }
}
