package io.freshet.cli.status;

import io.freshet.cli.console.CommandException;
import io.freshet.cli.kafka.EvaluationReader;
import io.freshet.cli.kafka.FailedModels;
import io.freshet.cli.kafka.KafkaOptions;
import io.freshet.cli.status.ModelStatus.State;
import io.freshet.learning.evaluation.Metrics;
import io.freshet.learning.evaluation.Tally;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.learning.watch.Event;
import io.freshet.schemas.evaluation.Evaluation;
import io.freshet.schemas.evaluation.LatestEvaluations;
import io.freshet.schemas.topic.ParameterKey;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The statuses of models, from their evaluations. */
public final class ModelStatuses {
    private static final long DAY_MILLIS = Duration.ofDays(1).toMillis();
    private static final long SHORTEST_IDLE_MILLIS = 60_000;
    /** A key is idle after this many of its intervals without an evaluation. */
    private static final int IDLE_INTERVALS = 3;

    private final LatestEvaluations evaluations = new LatestEvaluations();
    private final Map<ParameterKey, Pace> paces = new HashMap<>();

    /**
     * The progress between the last two evaluations of a key.
     *
     * @param samples learned between them
     * @param intervalMillis time between them; 0 if there is only one
     */
    private record Pace(Evaluation newest, long samples, long intervalMillis) {
        Pace next(Evaluation evaluation) {
            boolean continues = newest.incarnation().isSameIncarnation(evaluation.incarnation());
            return new Pace(
                    evaluation,
                    continues ? Math.max(0, evaluation.version() - newest.version()) : 0,
                    Math.max(0, evaluation.emittedAt() - newest.emittedAt()));
        }

        boolean isIdle(long now) {
            return now - newest.emittedAt() > Math.max(SHORTEST_IDLE_MILLIS, IDLE_INTERVALS * intervalMillis);
        }

        double perSecond(long now) {
            return isIdle(now) || intervalMillis == 0 ? 0 : samples * 1000.0 / intervalMillis;
        }
    }

    /**
     * Reads the evaluations of the last day.
     *
     * @param now milliseconds since 1970, UTC
     * @throws CommandException if the metrics topic does not exist
     */
    public static ModelStatuses read(KafkaOptions kafka, long now) throws CommandException {
        ModelStatuses statuses = new ModelStatuses();
        try (EvaluationReader evaluations = open(kafka, now)) {
            statuses.update(evaluations);
        }
        return statuses;
    }

    /** Opens the metrics topic a day ago. */
    static EvaluationReader open(KafkaOptions kafka, long now) throws CommandException {
        return EvaluationReader.open(kafka, now - DAY_MILLIS);
    }

    /** Adds what was written since the last update. */
    void update(EvaluationReader reader) {
        reader.readToEnd(this::add, this::remove);
    }

    void add(Evaluation evaluation) {
        if (evaluations.add(evaluation)) {
            paces.merge(
                    ParameterKey.snapshot(evaluation.model(), evaluation.key()),
                    new Pace(evaluation, 0, 0),
                    (known, first) -> known.next(evaluation));
        }
    }

    void remove(ParameterKey key) {
        evaluations.remove(key.model(), key.key());
        paces.remove(key);
    }

    /** @param now milliseconds since 1970, UTC */
    public ModelStatus of(ModelSpec spec, long now) {
        String model = spec.name();
        List<Evaluation> keys = evaluations.keys(model);
        List<Pace> known = keys.stream()
                .map(evaluation -> paces.get(ParameterKey.snapshot(model, evaluation.key())))
                .toList();
        Evaluation newest = evaluations.newest(model);
        String failure = FailedModels.of(evaluations, now).reason(model, spec.hash());
        boolean idle = known.stream().allMatch(pace -> pace == null || pace.isIdle(now));
        Metrics window = newest == null ? null : newest.window().metrics();
        Tally total = evaluations.total(model);
        return new ModelStatus(
                model,
                state(spec, failure, idle),
                spec.key() == null ? null : keys.size(),
                newest == null
                        ? null
                        : keys.stream().mapToLong(Evaluation::version).sum(),
                newest == null ? null : Math.max(0, now - newest.emittedAt()),
                window == null ? null : (Double) window.loss(),
                total == null || total.weight() <= 0 ? null : (Double) total.loss(),
                known.stream()
                        .mapToDouble(pace -> pace == null ? 0 : pace.perSecond(now))
                        .sum(),
                newest == null ? null : newest.progress().behind(),
                failure);
    }

    private State state(ModelSpec spec, @Nullable String failure, boolean idle) {
        if (failure != null) {
            return State.FAILED;
        }
        if (spec.stream().frozen()) {
            return State.FROZEN;
        }
        if (isHeld(spec.name())) {
            return State.HELD;
        }
        return idle ? State.IDLE : State.LEARNING;
    }

    /** Returns whether snapshots were withheld, and no window since then has a loss nearer to the one before the explosion. */
    private boolean isHeld(String model) {
        Evaluation withEvents = evaluations.lastWithEvents(model);
        if (withEvents == null) {
            return false;
        }
        List<Event> events = withEvents.learning().events();
        Event last = events.get(events.size() - 1);
        Evaluation newest = evaluations.newest(model);
        Metrics window = newest == null ? null : newest.window().metrics();
        boolean recovered = window != null && window.loss() < (last.before() + last.after()) / 2;
        return last.action().equals("hold") && !recovered;
    }
}
