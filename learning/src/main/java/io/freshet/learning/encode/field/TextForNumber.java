package io.freshet.learning.encode.field;

import io.freshet.learning.features.InvalidSampleException;
import io.freshet.learning.features.Row;
import io.freshet.learning.spec.ModelSpec;
import java.util.regex.Pattern;

/** A text that a record has in the place of a number, and the remedy that its message names. */
public final class TextForNumber {
    private static final Pattern DATE =
            Pattern.compile("\\d{4}-\\d\\d?-\\d\\d?([T ].*)?|\\d\\d?[./]\\d\\d?[./]\\d{2,4}.*");

    private TextForNumber() {}

    /**
     * Returns why a model rejects the text.
     *
     * @param field a number field
     * @param place of the field in the row
     */
    public static InvalidSampleException invalid(ModelSpec spec, String field, Row row, int place) {
        return InvalidSampleException.of(field, row.shown(place), "a number" + remedy(spec, field, row, place));
    }

    private static String remedy(ModelSpec spec, String field, Row row, int place) {
        if (spec.fields().label().contains(field)) {
            return !MissingWords.isUsual(row, place) && spec.loss().classes(spec.outputs()) > 0
                    ? "; list the names of classes in labels"
                    : "";
        }
        if (!spec.features().numeric().contains(field)) {
            return "";
        }
        if (!spec.features().missing().allows(field) && MissingWords.isUsual(row, place)) {
            return "; if " + row.shown(place) + " means missing, set features.missing to mean, indicator, or zero";
        }
        return DATE.matcher(row.word(place)).matches() ? "; a date or time is a feature in features.time" : "";
    }
}
