package io.freshet.server.page;

import io.freshet.learning.evaluation.Metrics;
import io.freshet.learning.evaluation.Tally;
import io.freshet.learning.lineage.Incarnation;
import io.freshet.schemas.evaluation.Evaluation;
import io.freshet.schemas.evaluation.LatestEvaluations;
import io.freshet.schemas.loop.JoinReport;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The curves of all models: how well they learn, from the evaluations, how they are served, from the ticks, and how good their
 * answers were, from the reports of joins.
 *
 * <p>A model without a key gets a point per evaluation; a keyed model gets one per second, aggregated over its keys. Its
 * time is that of the evaluation, so a server that reads the topic again gets the same curves. If aggregating takes long,
 * because of many keys, there are fewer points: the pause is at least {@value #PAUSE} times its duration.
 *
 * <p>A new incarnation or another kind of metrics starts a new curve. At most {@value #MAXIMUM_MODELS} models have
 * curves. Thread-safe.
 */
public final class Curves {
    static final int MAXIMUM_MODELS = 200;
    private static final long PERIOD_MILLIS = 1_000;
    private static final int PAUSE = 3;

    private final LatestEvaluations evaluations;
    private final LongSupplier nanoTime;
    private final Map<String, LearningCurve> learned = new TreeMap<>();
    private final Map<String, Curve> served = new TreeMap<>();
    private final Map<String, ScoredCurve> scored = new TreeMap<>();
    /** When the last point of each keyed model was due, milliseconds since 1970, UTC. */
    private final Map<String, Long> keyedAt = new HashMap<>();

    private long nextAggregation;
    private long sequence;

    public Curves(LatestEvaluations evaluations) {
        this(evaluations, System::nanoTime);
    }

    Curves(LatestEvaluations evaluations, LongSupplier nanoTime) {
        this.evaluations = evaluations;
        this.nanoTime = nanoTime;
        nextAggregation = nanoTime.getAsLong();
    }

    /** Adds an evaluation that is already in the latest evaluations. */
    public void add(Evaluation evaluation) {
        if (!evaluation.key().isEmpty()) {
            if (isDue(evaluation)) {
                aggregate(evaluation.model());
            }
            return;
        }
        Metrics window = evaluation.window().metrics();
        add(
                evaluation.model(),
                evaluation.incarnation(),
                evaluation.total(),
                evaluation.emittedAt(),
                new LearningCurve.Window(
                        window == null ? Double.NaN : window.loss(),
                        window,
                        evaluation.learning().updates(),
                        evaluation.window().replicaLosses()));
    }

    private synchronized boolean isDue(Evaluation evaluation) {
        Long last = keyedAt.get(evaluation.model());
        return (last == null || evaluation.emittedAt() >= last + PERIOD_MILLIS)
                && nanoTime.getAsLong() - nextAggregation >= 0;
    }

    /** Adds a point for each keyed model that has learned since its last point. */
    void tick() {
        for (String model : evaluations.models()) {
            List<Evaluation> keys = evaluations.keys(model);
            if (keys.size() != 1 || !keys.get(0).key().isEmpty()) {
                aggregate(model);
            }
        }
    }

    /** Sums without blocking readers. */
    private void aggregate(String model) {
        long start = nanoTime.getAsLong();
        Evaluation newest = evaluations.newest(model);
        Tally total = evaluations.total(model);
        double windowLoss = windowLoss(evaluations.keys(model));
        if (total != null && newest != null) {
            addIfKnown(model, total, newest.emittedAt(), windowLoss);
        }
        synchronized (this) {
            long end = nanoTime.getAsLong();
            nextAggregation = end + PAUSE * (end - start);
        }
    }

    /** A model deleted in the meantime gets no point: it leaves the evaluations before the curves. */
    private synchronized void addIfKnown(String model, Tally total, long at, double windowLoss) {
        if (evaluations.newest(model) != null) {
            keyedAt.put(model, at);
            add(model, Incarnation.UNKNOWN, total, at, new LearningCurve.Window(windowLoss, null, null, List.of()));
        }
    }

    /** Adds a point about the serving of a model. */
    synchronized void add(String model, long at, Served values) {
        if (served.containsKey(model) || served.size() < MAXIMUM_MODELS) {
            served.computeIfAbsent(model, name -> new Curve(sequence + 1))
                    .add(new Point(++sequence, at, values.values()));
        }
    }

    /** Adds a report of a join. */
    public synchronized void add(JoinReport report) {
        ScoredCurve curve = scored.get(report.model());
        if (curve == null && scored.size() == MAXIMUM_MODELS) {
            return;
        }
        if (curve == null || !curve.continues(report)) {
            curve = new ScoredCurve(sequence + 1);
            scored.put(report.model(), curve);
        }
        curve.add(++sequence, report);
    }

    /** Removes the points about the answers of a model that is gone, or is no longer joined. */
    public synchronized void removeScored(String model) {
        scored.remove(model);
    }

    /**
     * Removes the points about the serving of all other models, and those about their answers if there are too many: while topics
     * are being read, a model that has reported may not be known yet.
     */
    synchronized void retainServed(Set<String> models) {
        served.keySet().retainAll(models);
        if (scored.size() == MAXIMUM_MODELS) {
            scored.keySet().retainAll(models);
        }
    }

    /** Removes a model that is no longer evaluated. */
    public synchronized void remove(String model) {
        learned.remove(model);
        keyedAt.remove(model);
    }

    /**
     * Points of a curve that a page has not received yet.
     *
     * @param start identifies the curve
     */
    record NewPoints(long start, List<Point> points) {
        static NewPoints of(Curve curve, long known) {
            return new NewPoints(curve.start(), curve.since(known));
        }
    }

    /**
     * Points that a page has not received yet. Models without new points are absent.
     *
     * @param sequence sequence number of the newest point of all models
     */
    record News(
            long sequence,
            Map<String, NewPoints> learned,
            Map<String, NewPoints> served,
            Map<String, NewPoints> scored) {}

    /**
     * Returns the points of each model with a sequence number greater than {@code known}.
     *
     * @param only the models whose points are returned, or null for all
     */
    synchronized News since(long known, @Nullable Set<String> only) {
        return new News(
                sequence,
                news(learned, LearningCurve::curve, known, only),
                news(served, Function.identity(), known, only),
                news(scored, ScoredCurve::curve, known, only));
    }

    private static <C> Map<String, NewPoints> news(
            Map<String, C> curves, Function<C, Curve> points, long known, @Nullable Set<String> only) {
        Map<String, NewPoints> news = new TreeMap<>();
        curves.forEach((model, curve) -> {
            if (only == null || only.contains(model)) {
                news.put(model, NewPoints.of(points.apply(curve), known));
            }
        });
        news.values().removeIf(added -> added.points().isEmpty());
        return news;
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

    private synchronized void add(String model, Incarnation origin, Tally total, long at, LearningCurve.Window window) {
        LearningCurve curve = learned.get(model);
        if (curve == null && learned.size() == MAXIMUM_MODELS) {
            return;
        }
        if (curve == null || !curve.continues(origin, total)) {
            curve = new LearningCurve(origin, total, sequence + 1);
            learned.put(model, curve);
        }
        curve.add(++sequence, at, total.metrics(), window);
    }
}
