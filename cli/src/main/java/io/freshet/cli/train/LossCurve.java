package io.freshet.cli.train;

import java.util.ArrayList;
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

    /**
     * Windows of one index.
     *
     * @param loss sum over the samples
     * @param samples that the loss sums over
     * @param longest samples of the longest window
     */
    private record Sum(double loss, long samples, long longest) {
        static Sum of(TrainingReport.Window window) {
            Double loss = window.scores().loss();
            return loss == null
                    ? new Sum(0, 0, window.samples())
                    : new Sum(loss * window.samples(), window.samples(), window.samples());
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
     * @param window samples in a full window, at least
     */
    static LossCurve of(List<TrainingReport.Window> windows, int window) {
        SortedMap<Long, Sum> byIndex = new TreeMap<>();
        for (TrainingReport.Window each : windows) {
            if (counts(each, window)) {
                byIndex.merge(each.index(), Sum.of(each), Sum::plus);
            }
        }
        List<Sum> sums = new ArrayList<>();
        List<Long> ends = new ArrayList<>();
        long end = 0;
        for (Sum sum : byIndex.values()) {
            end += sum.longest();
            if (sum.samples() > 0) {
                sums.add(sum);
                ends.add(end);
            }
        }
        int together = Math.max(1, sums.size() / MEANS);
        int every = Math.max(1, (sums.size() + MAXIMUM_POINTS - 1) / MAXIMUM_POINTS);
        int points = (sums.size() + every - 1) / every;
        double[] samples = new double[points];
        double[] losses = new double[points];
        for (int point = 0; point < points; point++) {
            // Counted from the end, so that the last window always has a point.
            int last = sums.size() - 1 - (points - 1 - point) * every;
            samples[point] = ends.get(last);
            losses[point] = newest(sums.subList(0, last + 1), together).stream()
                    .reduce(Sum::plus)
                    .orElseThrow()
                    .mean();
        }
        long width = newest(sums, together).stream().mapToLong(Sum::longest).sum();
        return new LossCurve(samples, losses, width);
    }

    private static List<Sum> newest(List<Sum> sums, int count) {
        return sums.subList(Math.max(0, sums.size() - count), sums.size());
    }

    /** A batch that crosses the end of a window makes it longer. */
    private static boolean counts(TrainingReport.Window each, int window) {
        return each.samples() >= window || each.index() == 0;
    }

    /** Returns the loss of the newest full window, averaged over a model's keys by samples; null if there is none. */
    static @Nullable Double last(List<TrainingReport.Window> windows, int window) {
        SortedMap<String, Sum> newest = new TreeMap<>();
        for (TrainingReport.Window each : windows) {
            if (each.scores().loss() != null && counts(each, window)) {
                newest.put(each.key() == null ? "" : each.key(), Sum.of(each));
            }
        }
        return newest.isEmpty()
                ? null
                : (Double)
                        newest.values().stream().reduce(Sum::plus).orElseThrow().mean();
    }
}
