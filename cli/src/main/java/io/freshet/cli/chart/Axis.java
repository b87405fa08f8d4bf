package io.freshet.cli.chart;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.LongStream;

/**
 * Where values of a range lie, linearly or by their logarithm, and which of them are marked.
 *
 * @param minimum of the range
 * @param maximum of the range, &gt; minimum
 * @param logarithmic whether equal ratios are equally long; then minimum &gt; 0
 */
record Axis(double minimum, double maximum, boolean logarithmic) {
    /** Values further apart than this are told apart better by their logarithm. */
    private static final double LOGARITHMIC_FROM = 20;

    private static final int MOST_TICKS = 9;
    private static final double MOST_DECADES_IN_PARTS = 3.2;
    /** Below what the eye sees: a tick at the very end of the range is not lost to rounding. */
    private static final double ROUNDING = 1e-9;

    private static final double[] STEPS = {1, 2, 5};
    private static final double MARGIN = 0.04;

    /**
     * Returns an axis that shows all of the values, with a little room.
     *
     * @param values finite
     */
    static Axis around(double[] values) {
        double least = Double.POSITIVE_INFINITY;
        double most = Double.NEGATIVE_INFINITY;
        for (double value : values) {
            least = Math.min(least, value);
            most = Math.max(most, value);
        }
        if (least > most) {
            return new Axis(0, 1, false);
        }
        if (least > 0 && most / least > LOGARITHMIC_FROM) {
            double room = Math.exp(MARGIN * (Math.log(most) - Math.log(least)));
            // A subnormal number must not become 0, nor the largest infinite.
            return new Axis(Math.max(Double.MIN_VALUE, least / room), Math.min(Double.MAX_VALUE, most * room), true);
        }
        double room = most > least ? (most - least) * MARGIN : Math.max(Math.abs(most) * MARGIN, 1e-6);
        return new Axis(least >= 0 ? Math.max(0, least - room) : least - room, most + room, false);
    }

    /** Returns an axis from 0. */
    static Axis upTo(double maximum) {
        return new Axis(0, maximum > 0 ? maximum : 1, false);
    }

    /** Returns where a value lies: 0 at the minimum, 1 at the maximum. */
    double position(double value) {
        return logarithmic
                ? (Math.log(value) - Math.log(minimum)) / (Math.log(maximum) - Math.log(minimum))
                : (value - minimum) / (maximum - minimum);
    }

    /** Returns the values to mark, in order: round ones, not too many. */
    List<Tick> ticks() {
        return logarithmic ? logarithmicTicks() : linearTicks();
    }

    private List<Tick> linearTicks() {
        int power = (int) Math.floor(Math.log10(maximum - minimum)) - 1;
        for (int i = 0; ; i++) {
            int exponent = power + i / STEPS.length;
            double step = STEPS[i % STEPS.length] * Math.pow(10, exponent);
            long first = (long) Math.ceil(minimum / step - ROUNDING);
            long last = (long) Math.floor(maximum / step + ROUNDING);
            if (last - first < MOST_TICKS) {
                return LongStream.rangeClosed(first, last)
                        .mapToObj(n -> Tick.of(n * step, exponent))
                        .toList();
            }
        }
    }

    private List<Tick> logarithmicTicks() {
        int first = (int) Math.floor(Math.log10(minimum));
        int last = (int) Math.ceil(Math.log10(maximum));
        int every = Math.max(1, (last - first + MOST_TICKS - 1) / MOST_TICKS);
        int parts = Math.log10(maximum) - Math.log10(minimum) <= MOST_DECADES_IN_PARTS ? STEPS.length : 1;
        List<Tick> ticks = new ArrayList<>();
        for (int exponent = first; exponent <= last; exponent += every) {
            for (int i = 0; i < parts; i++) {
                double tick = STEPS[i] * Math.pow(10, exponent);
                if (tick >= minimum && tick <= maximum) {
                    ticks.add(Tick.of(tick, exponent));
                }
            }
        }
        return ticks;
    }

    /**
     * A value to mark.
     *
     * @param label its text
     */
    record Tick(double value, String label) {
        private static final double PLAIN_FROM = 1e-4;
        private static final double PLAIN_BELOW = 1e8;

        /** @param exponent of the power of ten that the value is a multiple of */
        static Tick of(double value, int exponent) {
            double size = Math.abs(value);
            if (size == 0 || (size >= PLAIN_FROM && size < PLAIN_BELOW)) {
                return new Tick(
                        value, String.format(Locale.ROOT, "%,." + Math.max(0, Math.min(9, -exponent)) + "f", value));
            }
            // 1.20e-05 is 1.2e-5.
            return new Tick(
                    value,
                    String.format(Locale.ROOT, "%.4e", value)
                            .replaceAll("\\.?0*e([+-])0*", "e$1")
                            .replace("e+", "e"));
        }
    }
}
