package io.freshet.cli.local;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * How the loss of a model falls: a point for each window, or for several in a row where there are very many. Of a model
 * with a key, each point is the mean over the keys that got so far, by samples.
 *
 * <p>A window that the end of the input cut short tells little; it counts only for a key that has no other.
 *
 * @param samples that a model, or a key, had learned at each point
 * @param losses mean of each point, as many
 * @param width samples to a point, of one key
 */
record LossCurve(double[] samples, double[] losses, long width) {
    private static final int MOST_POINTS = 250;

    /**
     * Returns the curve of a run.
     *
     * @param window samples to a whole window
     */
    static LossCurve of(List<TrainingReport.Window> windows, int window) {
        List<TrainingReport.Window> counted = windows.stream()
                .filter(each -> each.samples() == window || each.index() == 0)
                .toList();
        long last =
                counted.stream().mapToLong(TrainingReport.Window::index).max().orElse(0);
        long together = last / MOST_POINTS + 1;
        Map<Long, List<TrainingReport.Window>> points = new TreeMap<>();
        for (TrainingReport.Window each : counted) {
            points.computeIfAbsent(each.index() / together, point -> new ArrayList<>())
                    .add(each);
        }
        double[] samples = new double[points.size()];
        double[] losses = new double[points.size()];
        int point = 0;
        for (Map.Entry<Long, List<TrainingReport.Window>> entry : points.entrySet()) {
            long whole = Math.min((entry.getKey() + 1) * together, last + 1) * window;
            long most = entry.getValue().stream()
                    .mapToLong(TrainingReport.Window::samples)
                    .max()
                    .orElse(0);
            samples[point] = most < window ? most : whole;
            losses[point++] = mean(entry.getValue());
        }
        return new LossCurve(samples, losses, together * window);
    }

    /** Returns the loss of the newest whole window; of a model with a key, the mean of the keys' by samples. */
    static double last(List<TrainingReport.Window> windows, int window) {
        Map<String, TrainingReport.Window> newest = new TreeMap<>();
        for (TrainingReport.Window each : windows) {
            if (each.samples() == window || each.index() == 0) {
                newest.put(each.key() == null ? "" : each.key(), each);
            }
        }
        return mean(newest.values());
    }

    private static double mean(Collection<TrainingReport.Window> windows) {
        double loss = 0;
        long samples = 0;
        for (TrainingReport.Window each : windows) {
            loss += each.loss() * each.samples();
            samples += each.samples();
        }
        return loss / samples;
    }
}
