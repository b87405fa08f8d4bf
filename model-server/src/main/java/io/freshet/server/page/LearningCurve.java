package io.freshet.server.page;

import io.freshet.learning.evaluation.Metric;
import io.freshet.learning.evaluation.Metrics;
import io.freshet.learning.evaluation.Tally;
import io.freshet.learning.evaluation.UpdateMetrics;
import io.freshet.learning.features.Incarnation;
import java.util.Arrays;
import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** How well one incarnation of a model learns. Not thread-safe. */
final class LearningCurve {
    /** More lines than this cannot be told apart. */
    static final int MAXIMUM_REPLICAS = 8;

    private final Incarnation origin;
    private final Tally first;
    private final Curve curve;
    private long lastSamples;
    private long removedSamples;

    /**
     * @param origin incarnation of the model, or {@link Incarnation#UNKNOWN} for a keyed model
     * @param first metrics at the start of the curve
     * @param start sequence number of the first point
     */
    LearningCurve(Incarnation origin, Tally first, long start) {
        this.origin = origin;
        this.first = first;
        curve = new Curve(start);
    }

    /**
     * The samples since the previous point.
     *
     * @param loss their mean loss, or NaN if there are none
     * @param metrics all their metrics, or null if unknown
     * @param updates the updates with them, or null if unknown
     * @param replicaLosses their mean loss by replica
     */
    record Window(
            double loss,
            @Nullable Metrics metrics,
            @Nullable UpdateMetrics updates,
            List<Double> replicaLosses) {}

    Curve curve() {
        return curve;
    }

    /** Returns whether metrics continue this curve: they have the same incarnation and the same kind. */
    boolean continues(Incarnation other, Tally total) {
        return origin.isSameIncarnation(other) && first.sameShape(total);
    }

    /**
     * Adds a point if there are new samples: samples, losses (window, total, baseline), quality and calibration (window,
     * total), learning rate, gradient norm, and the loss of each replica, of at most {@value #MAXIMUM_REPLICAS}. Samples
     * count those of removed keys, too.
     *
     * @param sequence of the point
     * @param at milliseconds since 1970, UTC
     * @param total since the start, over all keys
     */
    void add(long sequence, long at, Metrics total, Window window) {
        removedSamples += Math.max(0, lastSamples - total.samples());
        lastSamples = total.samples();
        double samples = lastSamples + removedSamples;
        if (!curve.isEmpty() && samples <= curve.last().values()[0]) {
            return;
        }
        Metric quality = quality(total);
        Metrics last = window.metrics();
        UpdateMetrics updates = window.updates();
        double[] model = {
            samples,
            window.loss(),
            total.loss(),
            number(total, Metric.BASELINE_LOSS),
            number(last, quality),
            number(total, quality),
            number(last, Metric.CALIBRATION),
            number(total, Metric.CALIBRATION),
            updates == null ? Double.NaN : updates.learningRate(),
            updates == null ? Double.NaN : updates.gradientNorm()
        };
        DoubleStream replicas =
                window.replicaLosses().stream().limit(MAXIMUM_REPLICAS).mapToDouble(loss -> loss);
        curve.add(new Point(
                sequence,
                at,
                DoubleStream.concat(Arrays.stream(model), replicas).toArray()));
    }

    /** Returns the metric besides the loss that says most about a model's predictions: the first one that its task has. */
    static Metric quality(Metrics metrics) {
        return Stream.of(Metric.IOU, Metric.AUC, Metric.ACCURACY, Metric.RMSE)
                .filter(metric -> metrics.get(metric) != null)
                .findFirst()
                .orElse(Metric.ACCURACY);
    }

    private static double number(@Nullable Metrics metrics, Metric metric) {
        Double value = metrics == null ? null : metrics.get(metric);
        return value == null ? Double.NaN : value;
    }
}
