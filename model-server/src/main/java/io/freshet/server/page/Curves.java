package io.freshet.server.page;

import io.freshet.learning.evaluation.Metrics;
import io.freshet.learning.evaluation.Tally;
import io.freshet.learning.lineage.Incarnation;
import io.freshet.schemas.evaluation.Evaluation;
import io.freshet.schemas.evaluation.LatestEvaluations;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The learning curves of all models. A model without a key gets a point per evaluation; a keyed model gets a point per
 * tick, aggregated over its keys. A new incarnation or another kind of metrics starts a new curve. At most
 * {@value #MAXIMUM_MODELS} models have a curve. Thread-safe.
 */
public final class Curves {
    static final int MAXIMUM_MODELS = 200;

    private final LatestEvaluations evaluations;
    private final Map<String, Curve> curves = new TreeMap<>();
    private long sequence;

    public Curves(LatestEvaluations evaluations) {
        this.evaluations = evaluations;
    }

    /** Adds an evaluation that is already in the latest evaluations. */
    public synchronized void add(Evaluation evaluation) {
        if (evaluation.key().isEmpty()) {
            Metrics window = evaluation.window().metrics();
            add(
                    evaluation.model(),
                    evaluation.incarnation(),
                    evaluation.total(),
                    evaluation.emittedAt(),
                    window == null ? Double.NaN : window.loss());
        }
    }

    /** Adds a point for each keyed model that has learned since the last tick. Sums without blocking readers. */
    void tick(long now) {
        for (String model : evaluations.models()) {
            List<Evaluation> keys = evaluations.keys(model);
            if (keys.size() == 1 && keys.get(0).key().isEmpty()) {
                continue;
            }
            Tally total = evaluations.total(model);
            if (total != null) {
                addIfKnown(model, total, now, windowLoss(keys));
            }
        }
    }

    /** A model deleted in the meantime gets no point: it leaves the evaluations before the curves. */
    private synchronized void addIfKnown(String model, Tally total, long at, double window) {
        if (evaluations.newest(model) != null) {
            add(model, Incarnation.UNKNOWN, total, at, window);
        }
    }

    public synchronized void remove(String model) {
        curves.remove(model);
    }

    /**
     * Points that a page has not received yet.
     *
     * @param sequence sequence number of the newest point of all models
     * @param points new points by model; models without new points are absent
     */
    record NewPoints(long sequence, Map<String, List<Point>> points) {}

    /** Returns the points of each model with a sequence number greater than {@code known}. */
    synchronized NewPoints since(long known) {
        Map<String, List<Point>> points = new TreeMap<>();
        curves.forEach((model, curve) -> {
            List<Point> added = curve.since(known);
            if (!added.isEmpty()) {
                points.put(model, added);
            }
        });
        return new NewPoints(sequence, points);
    }

    /** Returns the mean loss of the newest windows of all keys, or NaN if none has samples. */
    static double windowLoss(List<Evaluation> keys) {
        double sum = 0;
        long samples = 0;
        for (Evaluation evaluation : keys) {
            Metrics window = evaluation.window().metrics();
            if (window != null) {
                sum += window.loss() * window.samples();
                samples += window.samples();
            }
        }
        return samples == 0 ? Double.NaN : sum / samples;
    }

    private void add(String model, Incarnation origin, Tally total, long at, double window) {
        Curve curve = curves.get(model);
        if (curve == null && curves.size() == MAXIMUM_MODELS) {
            return;
        }
        if (curve == null || !curve.continues(origin, total)) {
            curve = new Curve(origin, total);
            curves.put(model, curve);
        }
        Metrics metrics = total.metrics();
        long samples = curve.count(metrics.samples());
        if (samples > curve.samples()) {
            curve.add(new Point(++sequence, samples, at, metrics.loss(), window, metrics.baselineLoss()));
        }
    }
}
