package io.freshet.learning.encode;

import io.freshet.learning.features.MurmurHash3;
import io.freshet.learning.features.Row;
import io.freshet.learning.spec.MissingSpec;
import java.util.List;

/**
 * A hashed text field.
 *
 * @param place of its text in a row
 * @param seed of the hashes of its values: the hash of its name
 * @param optional whether an absent text is read as the empty text
 * @param words texts that count as absent if {@code optional}
 */
record HashedField(String name, int place, int seed, boolean optional, MissingWords words) {
    static HashedField[] of(List<String> names, FieldPlaces places, int seed, MissingSpec missing) {
        MissingWords words = MissingWords.ofTexts(missing);
        return names.stream()
                .map(name -> new HashedField(
                        name, places.text(name), MurmurHash3.hash(name, seed), missing.allows(name), words))
                .toArray(HashedField[]::new);
    }

    HashedField withSeed(int other) {
        return new HashedField(name, place, other, optional, words);
    }

    /** Returns where a row's text ends: where it starts if it stands for a missing one. */
    int end(Row row) {
        return optional && words.isText(row, place) ? row.textFrom(place) : row.textTo(place);
    }
}
