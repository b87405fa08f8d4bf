package io.freshet.learning.yaml;

import java.util.Collection;
import java.util.Optional;

/** Finds the name that a user most likely meant. */
public final class NameSuggestion {
    private NameSuggestion() {}

    /** Returns the one of {@code names} within a third of its letters, rounded up, of {@code word} (Levenshtein), if any. */
    public static Optional<String> of(String word, Collection<String> names) {
        String best = null;
        int bestDistance = Integer.MAX_VALUE;
        for (String name : names) {
            int most = Math.min(bestDistance - 1, (name.length() + 2) / 3);
            // The distance is at least that of the lengths, and takes time by their product: a word may be a whole
            // request.
            if (Math.abs(word.length() - name.length()) <= most) {
                int distance = distance(word, name);
                if (distance <= most) {
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
