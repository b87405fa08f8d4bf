package io.freshet.server.gate;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A condition that the snapshots of a model must meet to be served.
 *
 * @param model name of the model
 * @param atMost whether the bound is the largest value that passes; otherwise it is the smallest
 */
public record Gate(String model, GatedMetric metric, boolean atMost, double bound) {
    private static final Pattern FORMAT = Pattern.compile("([^:]+):([^<>=]+)(<=|>=)(.+)");

    /**
     * Parses a gate, such as {@code ctr:loss<=0.7}.
     *
     * @throws IllegalArgumentException if it is invalid
     */
    public static Gate parse(String text) {
        Matcher matcher = FORMAT.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException(text + " (expected: MODEL:METRIC<=NUMBER or MODEL:METRIC>=NUMBER)");
        }
        GatedMetric metric = GatedMetric.of(matcher.group(2).strip())
                .orElseThrow(() -> new IllegalArgumentException(
                        text + ": " + matcher.group(2).strip() + " (expected: one of " + GatedMetric.NAMES + ")"));
        return new Gate(matcher.group(1).strip(), metric, matcher.group(3).equals("<="), bound(text, matcher.group(4)));
    }

    private static double bound(String text, String number) {
        try {
            double bound = Double.parseDouble(number.strip());
            if (Double.isFinite(bound)) {
                return bound;
            }
        } catch (NumberFormatException e) {
            // Reported below.
        }
        throw new IllegalArgumentException(text + ": " + number.strip() + " (expected: a number)");
    }

    boolean passes(double value) {
        return atMost ? value <= bound : value >= bound;
    }

    /** Returns the condition on the value, such as {@code <= 0.7}. */
    String expected() {
        return (atMost ? "<= " : ">= ") + bound;
    }

    @Override
    public String toString() {
        return model + ":" + metric.text() + (atMost ? "<=" : ">=") + bound;
    }
}
