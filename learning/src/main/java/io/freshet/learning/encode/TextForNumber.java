package io.freshet.learning.encode;

import io.freshet.learning.features.InvalidSampleException;
import io.freshet.learning.features.Row;
import io.freshet.learning.spec.ModelSpec;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/** A text that a record has in the place of a number, and the remedy that its message names. */
public final class TextForNumber {
    private static final Pattern DATE =
            Pattern.compile("\\d{4}-\\d\\d?-\\d\\d?([T ].*)?|\\d\\d?[./]\\d\\d?[./]\\d{2,4}.*");

    /** Words that often stand for a missing number, and seldom enough for something else that a specification must list them. */
    private static final Set<String> UNLISTED = Set.of("n/a", "#n/a", "n.a.", "nil", "missing", "unknown", "--");

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
        boolean usual = MissingWords.isUsual(row, place);
        if (usual || UNLISTED.contains(row.word(place).toLowerCase(Locale.ROOT))) {
            return "; if " + row.shown(place) + " means missing, "
                    + (spec.features().missing().allows(field)
                            ? "list it in features.missing.values"
                            : "set features.missing to "
                                    + (usual
                                            ? "mean, indicator, or zero"
                                            : "{default: mean, values: [" + quoted(row.word(place)) + "]}"));
        }
        return DATE.matcher(row.word(place)).matches() ? "; a date or time is a feature in features.time" : "";
    }

    /** Returns a text as YAML would read it within a list. */
    private static String quoted(String text) {
        return text.startsWith("#") || text.startsWith("-") ? "'" + text + "'" : text;
    }
}
