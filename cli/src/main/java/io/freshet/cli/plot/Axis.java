package io.freshet.cli.plot;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

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

    private static final int MOST_TICKS = 8;
    private static final double[] STEPS = {1, 2, 5, 10};
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
            double room = Math.pow(most / least, MARGIN);
            return new Axis(least / room, most * room, true);
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
                ? Math.log(value / minimum) / Math.log(maximum / minimum)
                : (value - minimum) / (maximum - minimum);
    }

    /** Returns the values to mark, in order: round ones, not too many. */
    List<Double> ticks() {
        return logarithmic ? logarithmicTicks() : linearTicks();
    }

    private List<Double> linearTicks() {
        double power = Math.pow(10, Math.floor(Math.log10(maximum - minimum)) - 1);
        for (int i = 0; ; i++) {
            double step = power * STEPS[i % 3] * Math.pow(10, i / 3);
            long first = (long) Math.ceil(minimum / step);
            long last = (long) Math.floor(maximum / step);
            if (last - first < MOST_TICKS) {
                List<Double> ticks = new ArrayList<>();
                for (long n = first; n <= last; n++) {
                    ticks.add(n * step);
                }
                return ticks;
            }
        }
    }

    private List<Double> logarithmicTicks() {
        int first = (int) Math.floor(Math.log10(minimum));
        int last = (int) Math.ceil(Math.log10(maximum));
        int every = Math.max(1, (last - first + MOST_TICKS - 1) / MOST_TICKS);
        int parts = last - first <= 3 ? 3 : 1;
        List<Double> ticks = new ArrayList<>();
        for (int exponent = first; exponent <= last; exponent += every) {
            for (int i = 0; i < parts; i++) {
                double tick = STEPS[i] * Math.pow(10, exponent);
                if (tick >= minimum && tick <= maximum) {
                    ticks.add(tick);
                }
            }
        }
        return ticks;
    }

    /** Returns the text of a tick, as short as its neighbours allow. */
    String label(double tick) {
        double size = Math.abs(tick);
        if (size != 0 && (size >= 1e8 || size < 1e-4)) {
            return String.format(Locale.ROOT, "%.3g", tick)
                    .replaceAll("\\.?0*e", "e")
                    .replaceAll("e([+-])0*", "e$1")
                    .replace("e+", "e");
        }
        double unit = logarithmic ? size : maximum - minimum;
        int decimals = (int) Math.max(0, Math.min(8, 1 - Math.floor(Math.log10(unit))));
        String text = String.format(Locale.ROOT, "%,." + decimals + "f", tick);
        return text.contains(".") ? text.replaceAll("\\.?0+$", "") : text;
    }
}
