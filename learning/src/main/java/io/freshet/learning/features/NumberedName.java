package io.freshet.learning.features;

import java.util.ArrayList;
import java.util.List;

/** Parses names that consist of a prefix and a number, such as {@code pixel12}. */
public final class NumberedName {
    /** The number of digits of an index into the longest vector. */
    private static final int MAXIMUM_DIGITS = 7;

    private NumberedName() {}

    /** Returns all prefixes with which a name has a number. */
    public static List<String> prefixes(String name) {
        List<String> prefixes = new ArrayList<>();
        for (int end = name.length() - 1; end >= 0 && numberOf(name, name.substring(0, end)) >= 0; end--) {
            prefixes.add(name.substring(0, end));
        }
        return prefixes;
    }

    /** Returns the number after the prefix, or -1 if the name is not the prefix followed by digits. */
    public static int numberOf(String name, String prefix) {
        int digits = name.length() - prefix.length();
        if (digits < 1 || digits > MAXIMUM_DIGITS || !name.startsWith(prefix)) {
            return -1;
        }
        int number = 0;
        for (int i = prefix.length(); i < name.length(); i++) {
            int digit = name.charAt(i) - '0';
            if (digit < 0 || digit > 9) {
                return -1;
            }
            number = number * 10 + digit;
        }
        return number;
    }
}
