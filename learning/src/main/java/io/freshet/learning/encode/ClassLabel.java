package io.freshet.learning.encode;

import io.freshet.learning.features.InvalidSampleException;
import io.freshet.learning.features.Row;
import io.freshet.learning.yaml.NameSuggestion;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Reads a label that is the name of a class; its number is its place in the list of names. */
final class ClassLabel {
    private static final int SHOWN_NAMES = 20;
    private static final int SHOWN_LENGTH = 100;

    private final String field;
    private final int place;
    private final List<String> names;
    private final Map<String, Integer> numbers = new HashMap<>();

    /** @param place of the text field in the row */
    ClassLabel(String field, int place, List<String> names) {
        this.field = field;
        this.place = place;
        this.names = names;
        for (String name : names) {
            numbers.put(name, numbers.size());
        }
    }

    /** @throws InvalidSampleException if the row has no name, or an unknown one; names the nearest */
    int read(Row row) throws InvalidSampleException {
        if (!isPresent(row)) {
            throw InvalidSampleException.of(field, "missing", expected());
        }
        return number(field, row.text(place));
    }

    /** Returns the number of a name, which stands in a field. */
    int number(String field, String name) throws InvalidSampleException {
        Integer number = numbers.get(name);
        if (number == null) {
            String shown = name.length() <= SHOWN_LENGTH ? name : name.substring(0, SHOWN_LENGTH) + "...";
            throw InvalidSampleException.of(field, shown, expected() + NameSuggestion.hint(name, names));
        }
        return number;
    }

    boolean isPresent(Row row) {
        return row.hasText(place) && row.textFrom(place) < row.textTo(place);
    }

    private String expected() {
        String shown = String.join(", ", names.subList(0, Math.min(SHOWN_NAMES, names.size())));
        return "one of " + shown + (names.size() > SHOWN_NAMES ? ", ... (" + names.size() + " in all)" : "");
    }
}
