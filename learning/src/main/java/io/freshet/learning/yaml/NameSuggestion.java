package io.freshet.learning.yaml;

import java.util.Collection;
import java.util.Optional;

/** Finds the name that a user most likely meant. */
public final class NameSuggestion {
    private NameSuggestion() {}

    /**
     * Returns the name with the smallest Levenshtein distance to {@code word}, if the distance is at most a third of
     * the name's length, rounded up.
     */
    public static Optional<String> of(String word, Collection<String> names) {
        String best = null;
        int bestDistance = Integer.MAX_VALUE;
        for (String name : names) {
            int maximum = Math.min(bestDistance - 1, (name.length() + 2) / 3);
            // Compare the lengths first: computing the distance takes time proportional to their product, and a word
            // may
            // be a whole request.
            if (Math.abs(word.length() - name.length()) <= maximum) {
                int distance = distance(word, name);
                if (distance <= maximum) {
                    best = name;
                    bestDistance = distance;
                }
            }
        }
        return Optional.ofNullable(best);
    }

    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replace = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replace, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[b.length()];
    }
}
