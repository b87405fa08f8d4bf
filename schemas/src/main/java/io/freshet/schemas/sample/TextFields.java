package io.freshet.schemas.sample;

import io.freshet.learning.features.Row;
import io.freshet.learning.features.RowLayout;
import java.util.ArrayList;
import java.util.List;

/**
 * The names of the texts that a layout reads: those of its text fields in order, then those of the numbers that are no text
 * field, since a producer may send a text such as NA in the place of a number. Fields that are read as times are no numbers here.
 *
 * @param numbers place of the number of each name; -1 for none
 */
record TextFields(List<String> names, int[] numbers) {
    static TextFields of(RowLayout layout) {
        List<String> names = new ArrayList<>(layout.texts());
        layout.numbers().stream().filter(name -> layout.text(name) < 0).forEach(names::add);
        return new TextFields(
                names,
                names.stream()
                        .mapToInt(name -> layout.times().contains(name) ? -1 : layout.number(name))
                        .toArray());
    }

    /** Sets a number that the sample lacks to its text, unless that is empty. */
    static void word(Row row, int number, byte[] utf8, int from, int length) {
        if (length > 0 && !row.hasNumber(number)) {
            row.word(number, utf8, from, from + length, false);
        }
    }
}
