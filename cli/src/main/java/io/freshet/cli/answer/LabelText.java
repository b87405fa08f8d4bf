package io.freshet.cli.answer;

import java.math.BigDecimal;

/** Labels for people: whole numbers without a fraction. */
final class LabelText {
    private static final double LARGEST_WHOLE = 1e15;

    private LabelText() {}

    static String of(double label) {
        return label == Math.rint(label) && Math.abs(label) < LARGEST_WHOLE
                ? Long.toString((long) label)
                : Double.isFinite(label) ? BigDecimal.valueOf(label).toPlainString() : Double.toString(label);
    }
}
