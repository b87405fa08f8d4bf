package io.freshet.cli.history;

import io.freshet.learning.yaml.NameSuggestion;
import java.util.SortedSet;
import java.util.TreeSet;

/** Whether a name occurred, and some of the others, to suggest from if it did not. */
final class FoundNames {
    private static final int KEPT = 1_000;
    private static final int SHOWN = 10;

    private final String wanted;
    private final SortedSet<String> names = new TreeSet<>();
    private boolean found;

    FoundNames(String wanted) {
        this.wanted = wanted;
    }

    void add(String name) {
        found |= name.equals(wanted);
        names.add(name);
        if (names.size() > KEPT) {
            names.remove(names.last());
        }
    }

    /** Whether the wanted name occurred. */
    boolean isFound() {
        return found;
    }

    /** Whether the empty name occurred. */
    boolean hasEmpty() {
        return !names.isEmpty() && names.first().isEmpty();
    }

    /** Returns a similar name, or the first ones. */
    String expected(String ifEmpty) {
        return NameSuggestion.of(wanted, names)
                .map(nearest -> nearest + "?")
                .orElseGet(() -> names.isEmpty()
                        ? ifEmpty
                        : "one of "
                                + String.join(", ", names.stream().limit(SHOWN).toList())
                                + (names.size() > SHOWN ? ", ..." : ""));
    }
}
