package io.freshet.server.answers;

import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Which fields of a request are logged with its answer.
 *
 * @param all whether all are, whatever {@code names} contains
 * @param names of the fields; empty for none
 */
public record LoggedFields(boolean all, Set<String> names) {
    public static final LoggedFields NONE = new LoggedFields(false, Set.of());
    public static final LoggedFields ALL = new LoggedFields(true, Set.of());

    /**
     * Reads {@code all}, {@code none}, or names separated by commas.
     *
     * @throws IllegalArgumentException if a name is empty
     */
    public static LoggedFields parse(String text) {
        List<String> names =
                Arrays.stream(text.split(",", -1)).map(String::strip).toList();
        if (names.contains("")) {
            throw new IllegalArgumentException(
                    "logAnswersFields: " + text + " (expected: all, none, or names of fields, separated by commas)");
        }
        return switch (text.strip()) {
            case "all" -> ALL;
            case "none" -> NONE;
            default -> new LoggedFields(false, new LinkedHashSet<>(names));
        };
    }

    boolean contains(String name) {
        return all || names.contains(name);
    }

    boolean isNone() {
        return !all && names.isEmpty();
    }
}
