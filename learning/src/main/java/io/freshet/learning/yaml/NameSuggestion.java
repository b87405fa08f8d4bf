package io.freshet.learning.yaml;

import java.util.Arrays;
import java.util.Collection;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Finds the name that a user most likely meant. */
public final class NameSuggestion {
    private NameSuggestion() {}

    /**
     * Returns the name with the smallest edit distance to {@code word}, if the distance is at most a third of the name's
     * length, rounded up. Otherwise, the name with these initials: {@code mean-squared-error} for {@code
     * mse}.
     */
    public static Optional<String> of(String word, Collection<String> names) {
        String best = null;
        int bestDistance = Integer.MAX_VALUE;
        for (String name : names) {
            int maximum = Math.min(bestDistance - 1, (name.length() + 2) / 3);
            // Compare the lengths first: computing the distance takes time proportional to their product, and a word
            // may be a whole request.
            if (Math.abs(word.length() - name.length()) <= maximum) {
                int distance = distance(word, name);
                if (distance <= maximum) {
                    best = name;
                    bestDistance = distance;
                }
            }
        }
        return best != null
                ? Optional.of(best)
                : names.stream().filter(name -> word.equals(initials(name))).findFirst();
    }

    /** Returns the end of a message that suggests a name; empty if none is near. */
    public static String hint(String word, Collection<String> names) {
        return of(word, names).map(name -> "; did you mean " + name + "?").orElse("");
    }

    private static String initials(String name) {
        return Arrays.stream(name.split("-", -1))
                .map(part -> part.substring(0, Math.min(1, part.length())))
                .collect(Collectors.joining());
    }

    /** Returns the number of letters to insert, delete, or replace, or of neighbors to swap. */
    private static int distance(String a, String b) {
        // Three rows of the matrix of distances between prefixes; the whole one could exceed the memory.
        int[] beforeLast = new int[b.length() + 1];
        int[] last = new int[b.length() + 1];
        int[] row = IntStream.rangeClosed(0, b.length()).toArray();
        for (int i = 1; i <= a.length(); i++) {
            int[] free = beforeLast;
            beforeLast = last;
            last = row;
            row = free;
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replaced = last[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                row[j] = Math.min(replaced, 1 + Math.min(last[j], row[j - 1]));
                if (i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1)) {
                    row[j] = Math.min(row[j], beforeLast[j - 2] + 1);
                }
            }
        }
        return row[b.length()];
    }
}
