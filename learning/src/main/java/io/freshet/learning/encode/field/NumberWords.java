package io.freshet.learning.encode.field;

import io.freshet.learning.features.InvalidSampleException;
import io.freshet.learning.features.Row;
import io.freshet.learning.features.RowLayout;
import io.freshet.learning.spec.ModelSpec;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** Finds the texts in the places of a row's numbers that are a missing value for none of some models. */
public final class NumberWords {
    private final List<Place> places = new ArrayList<>();

    /**
     * A number field.
     *
     * @param reader first model that reads it
     * @param accepted of each model that may lack it
     */
    private record Place(String field, int place, ModelSpec reader, List<MissingWords> accepted) {}

    public NumberWords(RowLayout layout, Collection<ModelSpec> specs) {
        for (String field : layout.numbers()) {
            List<ModelSpec> readers = specs.stream()
                    .filter(spec -> spec.numberFields().contains(field)
                            && !spec.timeFields().contains(field))
                    .toList();
            if (!readers.isEmpty()) {
                List<MissingWords> accepted = readers.stream()
                        .filter(spec -> spec.features().numeric().contains(field)
                                && spec.features().missing().allows(field))
                        .map(spec -> MissingWords.ofNumbers(spec.features().missing()))
                        .toList();
                places.add(new Place(field, layout.number(field), readers.get(0), accepted));
            }
        }
    }

    /** @throws InvalidSampleException if the row has a text in the place of a number that all models reject */
    public void check(Row row) throws InvalidSampleException {
        for (Place each : places) {
            if (row.isWord(each.place) && each.accepted.stream().noneMatch(words -> words.isNumber(row, each.place))) {
                throw TextForNumber.invalid(each.reader, each.field, row, each.place);
            }
        }
    }
}
