package io.freshet.schemas.loop;

/** What happened: a number, or the name of a class. */
public sealed interface OutcomeValue {
    /** @param value finite; 1 for true, 0 for false */
    record Number(double value) implements OutcomeValue {
        /** Returns a whole number without a decimal point. */
        @Override
        public String text() {
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
