package io.freshet.schemas.loop;

import java.util.regex.Pattern;

/** What happened: a number, or the name of a class. */
public sealed interface OutcomeValue {
    /**
     * A number, which may also be the name of a class, such as {@code 1.0} or {@code true}.
     *
     * @param value finite; 1 for true, 0 for false
     * @param json as it was sent, which reads back as the same number
     */
    record Number(double value, String json) implements OutcomeValue {
        private static final Pattern JSON =
                Pattern.compile("true|false|-?(0|[1-9]\\d{0,30})(\\.\\d{1,30})?([eE][+-]?\\d{1,3})?");

        public Number(double value) {
            this(value, text(value));
        }

        /** @param sent the text of the number; ignored if it is none in JSON, or is long */
        public static Number of(double value, String sent) {
            return JSON.matcher(sent).matches() ? new Number(value, sent) : new Number(value);
        }

        /** Returns a whole number without a decimal point. */
        @Override
        public String text() {
            return text(value);
        }

        private static String text(double value) {
            return value == Math.rint(value) && Math.abs(value) < 0x1p53
                    ? Long.toString((long) value)
                    : Double.toString(value);
        }
    }

    /** @param text 1 to {@link OutcomeRecord#LONGEST_TEXT} bytes of UTF-8 */
    record Name(String text) implements OutcomeValue {}

    /** Returns the value as a text. */
    String text();
}
