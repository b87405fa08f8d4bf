package io.freshet.learning.features;

/** A name that is a prefix and a number: {@code pixel12} of {@code pixel}. */
public final class NumberedName {
    /** More digits than the longest vector needs. */
    private static final int MAXIMUM_DIGITS = 7;

    private NumberedName() {}

    /** Returns the number behind a prefix, or -1 if the name is not the prefix and then digits. */
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
