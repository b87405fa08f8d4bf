package io.freshet.cli.train;

import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * How the loss of a model falls: the running mean of the last windows, at the end of each. Of a model with a key, the
 * windows of its keys go side by side, and a mean is one by samples.
 *
 * <pre>
 *   y[i] = sum(loss * samples) / sum(samples)   over windows i - together + 1 ... i of all keys
 * </pre>
 *
 * <p>A window that the end of the input cut short tells little; it counts only for a key that has no other. One in which
 * nothing was weighed tells nothing.
 *
 * @param samples that a model, or a key, had learned at each point
 * @param losses mean of each point, as many
 * @param width samples to a mean, of one key; fewer at the first points
 */
record LossCurve(double[] samples, double[] losses, long width) {
    private static final int MOST_POINTS = 250;
    /** The share of all windows that a mean runs over: enough to see through the noise that all models have in common. */
    private static final int MEANS = 20;

    private record Sum(double loss, long samples, long most) {
        static Sum of(double loss, long samples) {
            return new Sum(loss * samples, samples, samples);
        }

        Sum plus(Sum other) {
            return new Sum(loss + other.loss, samples + other.samples, Math.max(most, other.most));
        }

        double mean() {
            return loss / samples;
        }
    }

    /**
     * Returns the curve of a run.
     *
     * @param windows none if nothing was learned
     * @param window samples to a whole one
     */
    static LossCurve of(List<TrainingReport.Window> windows, int window) {
        SortedMap<Long, Sum> byIndex = new TreeMap<>();
        for (TrainingReport.Window each : windows) {
            Double loss = each.scores().loss();
            if (loss != null && counts(each, window)) {
                byIndex.merge(each.index(), Sum.of(loss, each.samples()), Sum::plus);
            }
        }
        List<Sum> sums = List.copyOf(byIndex.values());
        int together = Math.max(1, sums.size() / MEANS);
        int every = Math.max(1, (sums.size() + MOST_POINTS - 1) / MOST_POINTS);
        int points = (sums.size() + every - 1) / every;
        double[] samples = new double[points];
        double[] losses = new double[points];
        for (int point = 0; point < points; point++) {
            // From the end, so that the last window always has a point.
            int last = sums.size() - 1 - (points - 1 - point) * every;
            samples[point] = sums.get(last).most() < window ? sums.get(last).most() : (last + 1.0) * window;
            losses[point] = sums.subList(Math.max(0, last + 1 - together), last + 1).stream()
                    .reduce(Sum::plus)
                    .orElseThrow()
                    .mean();
        }
        return new LossCurve(samples, losses, (long) together * window);
    }

    private static boolean counts(TrainingReport.Window each, int window) {
        return each.samples() == window || each.index() == 0;
    }

    /** Returns the loss of the newest whole window; of a model with a key, the mean of the keys' by samples; null if none. */
    static @Nullable Double last(List<TrainingReport.Window> windows, int window) {
        SortedMap<String, Sum> newest = new TreeMap<>();
        for (TrainingReport.Window each : windows) {
            Double loss = each.scores().loss();
            if (loss != null && counts(each, window)) {
                newest.put(each.key() == null ? "" : each.key(), Sum.of(loss, each.samples()));
            }
        }
        return newest.isEmpty()
                ? null
                : (Double)
                        newest.values().stream().reduce(Sum::plus).orElseThrow().mean();
    }
}
