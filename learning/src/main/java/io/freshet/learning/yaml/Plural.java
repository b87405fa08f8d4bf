package io.freshet.learning.yaml;

import java.util.Locale;

/** Counts things in messages: {@code 1 sample}, {@code 2,000 samples}. */
public final class Plural {
    private Plural() {}

    /** @param noun in the singular; its plural is regular */
    public static String of(long count, String noun) {
        return String.format(Locale.ROOT, "%,d %s", count, noun(count, noun));
    }

    /** Returns the noun alone. */
    public static String noun(long count, String noun) {
        if (count == 1) {
            return noun;
        }
        return noun.endsWith("y") && !noun.endsWith("ey") ? noun.substring(0, noun.length() - 1) + "ies" : noun + "s";
    }
}
