package io.freshet.server.page;

import io.freshet.learning.evaluation.Metrics;
import io.freshet.learning.evaluation.Tally;
import io.freshet.learning.features.Incarnation;
import io.freshet.schemas.facts.Evaluation;
import io.freshet.schemas.facts.LatestEvaluations;
import io.freshet.schemas.loop.JoinReport;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
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
    /** Points after which a part of what a page receives ends. */
    static final int PART = 1_000;

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

    /** Sums without blocking the readers of curves or evaluations. */
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
    record NewPoints(long start, List<Point> points) {}

    /**
     * Which points a page has not received yet.
     *
     * @param known sequence number of the last point that it has received, or -1
     * @param end sequence number of the last point to send
     * @param after the last model, by name, whose points it has received; "" if it has received those of none
     */
    record Position(long known, long end, String after) {}

    /**
     * Points that a page has not received yet, of some models. Models without new points are absent.
     *
     * @param next where the points of other models begin, or null if there are no more
     */
    record News(
            Map<String, NewPoints> learned,
            Map<String, NewPoints> served,
            Map<String, NewPoints> scored,
            @Nullable Position next) {}

    /** Returns the position of the points after {@code known} that there are now. */
    synchronized Position since(long known) {
        return new Position(known, sequence, "");
    }

    /**
     * Returns the points of the next models: of one, and of more while there are fewer than {@value #PART} points.
     *
     * @param only the models whose points are returned, or null for all
     */
    synchronized News next(Position from, @Nullable Set<String> only) {
        NavigableSet<String> models = new TreeSet<>(learned.keySet());
        models.addAll(served.keySet());
        models.addAll(scored.keySet());
        if (only != null) {
            models.retainAll(only);
        }
        News news = new News(new TreeMap<>(), new TreeMap<>(), new TreeMap<>(), null);
        int points = 0;
        for (String model : models.tailSet(from.after, false)) {
            LearningCurve ofTraining = learned.get(model);
            ScoredCurve ofAnswers = scored.get(model);
            points += add(news.learned, model, ofTraining == null ? null : ofTraining.curve(), from);
            points += add(news.served, model, served.get(model), from);
            points += add(news.scored, model, ofAnswers == null ? null : ofAnswers.curve(), from);
            if (points >= PART && !model.equals(models.last())) {
                return new News(news.learned, news.served, news.scored, new Position(from.known, from.end, model));
            }
        }
        return news;
    }

    /** Adds the new points of a curve to those of its kind; returns how many there are. */
    private static int add(Map<String, NewPoints> news, String model, @Nullable Curve curve, Position from) {
        List<Point> points = curve == null ? List.of() : curve.since(from.known, from.end);
        if (curve != null && !points.isEmpty()) {
            news.put(model, new NewPoints(curve.start(), points));
        }
        return points.size();
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
