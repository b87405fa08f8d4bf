package io.freshet.server.page;

import io.freshet.learning.evaluation.Metrics;
import io.freshet.learning.evaluation.Tally;
import io.freshet.schemas.Evaluation;
import io.freshet.schemas.Scoreboard;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The learning curves of all models: a point for each evaluation of a model without keys, and a point a tick for one
 * with keys, over all of them. At most {@value #MAXIMUM_MODELS} models have one. Thread-safe.
 */
public final class Curves {
    static final int MAXIMUM_MODELS = 200;

    private final Scoreboard scoreboard;
    private final Map<String, Curve> curves = new TreeMap<>();
    private long sequence;

    public Curves(Scoreboard scoreboard) {
        this.scoreboard = scoreboard;
    }

    /** Takes in an evaluation that is on the scoreboard already. */
    public synchronized void add(Evaluation evaluation) {
        if (evaluation.key().isEmpty()) {
            Metrics window = evaluation.window();
            Metrics total = evaluation.total().metrics();
            add(evaluation.model(), total, evaluation.emittedAt(), window == null ? Double.NaN : window.loss());
        }
    }

    /** Adds a point to the curve of each model with keys that has learned since. */
    synchronized void tick(long now) {
        for (String model : scoreboard.models()) {
            List<Evaluation> keys = scoreboard.keys(model);
            if (keys.size() == 1 && keys.get(0).key().isEmpty()) {
                continue;
            }
            Tally total = scoreboard.total(model);
            if (total != null) {
                add(model, total.metrics(), now, windowLoss(keys));
            }
        }
    }

    public synchronized void remove(String model) {
        curves.remove(model);
    }

    /** Returns the points of each model with a higher number than {@code since}, where there are any. */
    synchronized Map<String, List<Point>> since(long since) {
        Map<String, List<Point>> points = new TreeMap<>();
        curves.forEach((model, curve) -> {
            List<Point> of = curve.since(since);
            if (!of.isEmpty()) {
                points.put(model, of);
            }
        });
        return points;
    }

    /** Returns the number of the newest point. */
    synchronized long sequence() {
        return sequence;
    }

    /** Returns the mean loss of the newest windows of all keys, or NaN if none has samples. */
    static double windowLoss(List<Evaluation> keys) {
        double sum = 0;
        long samples = 0;
        for (Evaluation evaluation : keys) {
            Metrics window = evaluation.window();
            if (window != null) {
                sum += window.loss() * window.samples();
                samples += window.samples();
            }
        }
        return samples == 0 ? Double.NaN : sum / samples;
    }

    private void add(String model, Metrics total, long at, double window) {
        Curve curve = curves.get(model);
        if (curve == null) {
            if (curves.size() == MAXIMUM_MODELS) {
                return;
            }
            curve = new Curve();
            curves.put(model, curve);
        }
        if (total.samples() > curve.samples()) {
            curve.add(new Point(++sequence, total.samples(), at, total.loss(), window, total.baselineLoss()));
        }
    }
}
