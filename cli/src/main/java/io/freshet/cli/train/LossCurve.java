package io.freshet.cli.train;

import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The loss of a model over its samples: the running mean of the last windows, at the end of each window. For a model
 * with a key, windows of the same index are averaged over the keys, weighted by samples.
 *
 * <pre>
 *   y[i] = sum(loss * samples) / sum(samples)   over windows i - together + 1 ... i of all keys
 * </pre>
 *
 * <p>A partial window, cut short by the end of the input, is noisy: it counts only for a key that has no other. A
 * window without any weight does not count.
 *
 * @param samples that the model, or each key, had learned at each point
 * @param losses mean loss at each point; same length as samples
 * @param width samples in each mean, per key; fewer at the first points
 */
record LossCurve(double[] samples, double[] losses, long width) {
    private static final int MAXIMUM_POINTS = 250;
    /** A mean covers a 20th of all windows: enough to smooth out the noise of the stream. */
    private static final int MEANS = 20;

    private record Sum(double loss, long samples, long longest) {
        static Sum of(double loss, long samples) {
            return new Sum(loss * samples, samples, samples);
        }

        Sum plus(Sum other) {
            return new Sum(loss + other.loss, samples + other.samples, Math.max(longest, other.longest));
        }

        double mean() {
            return loss / samples;
        }
    }

    /**
     * Returns the curve of a run.
     *
     * @param windows empty if nothing was learned
     * @param window samples in a full window
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
        int every = Math.max(1, (sums.size() + MAXIMUM_POINTS - 1) / MAXIMUM_POINTS);
        int points = (sums.size() + every - 1) / every;
        double[] samples = new double[points];
        double[] losses = new double[points];
        for (int point = 0; point < points; point++) {
            // Counted from the end, so that the last window always has a point.
            int last = sums.size() - 1 - (points - 1 - point) * every;
            samples[point] = sums.get(last).longest() < window ? sums.get(last).longest() : (last + 1.0) * window;
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

    /** Returns the loss of the newest full window, averaged over a model's keys by samples; null if there is none. */
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
