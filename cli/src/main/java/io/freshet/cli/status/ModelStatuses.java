package io.freshet.cli.status;

import io.freshet.cli.console.CommandException;
import io.freshet.cli.kafka.EvaluationReader;
import io.freshet.cli.kafka.KafkaOptions;
import io.freshet.learning.evaluation.Metrics;
import io.freshet.learning.evaluation.Tally;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.evaluation.Evaluation;
import io.freshet.schemas.evaluation.LatestEvaluations;
import io.freshet.schemas.freshness.Freshness;
import io.freshet.schemas.freshness.Heartbeat;
import io.freshet.schemas.freshness.SignsOfLife;
import io.freshet.schemas.topic.ParameterKey;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The statuses of models, from their evaluations. */
public final class ModelStatuses {
    private static final long DAY_MILLIS = Duration.ofDays(1).toMillis();
    private static final long AHEAD_MILLIS = 2_000;

    private final LatestEvaluations evaluations = new LatestEvaluations();
    private final SignsOfLife signs = new SignsOfLife();
    private final Freshness freshness = new Freshness(evaluations, signs);

    /**
     * Reads the evaluations of the last day.
     *
     * @param now milliseconds since 1970, UTC
     * @throws CommandException if the metrics topic does not exist
     */
    public static ModelStatuses read(KafkaOptions kafka, long now) throws CommandException {
        ModelStatuses statuses = new ModelStatuses();
        try (EvaluationReader evaluations = open(kafka, now)) {
            statuses.update(evaluations, now);
        }
        return statuses;
    }

    /** Opens the metrics topic a day ago. */
    static EvaluationReader open(KafkaOptions kafka, long now) throws CommandException {
        return EvaluationReader.open(kafka, now - DAY_MILLIS);
    }

    /**
     * Adds what was written since the last update.
     *
     * @param now milliseconds since 1970, UTC
     */
    void update(EvaluationReader reader, long now) {
        reader.readToEnd(evaluation -> add(evaluation, now), this::remove, heartbeat -> add(heartbeat, now));
    }

    void add(Evaluation evaluation, long now) {
        evaluations.add(evaluation.receivedAt(now));
    }

    void add(Heartbeat heartbeat, long now) {
        signs.add(heartbeat, now);
    }

    /** Returns what is wrong with the trainer's clock, or null if it is not ahead by more than two seconds. */
    @Nullable String clock() {
        long ahead = signs.aheadMillis();
        return ahead <= AHEAD_MILLIS
                ? null
                : String.format(
                        Locale.ROOT,
                        "clock: the trainer's is %,d s ahead of this one, so it may be gone (expected: clocks that agree)",
                        ahead / 1_000);
    }

    void remove(ParameterKey key) {
        evaluations.remove(key.model(), key.key());
    }

    /** @param now milliseconds since 1970, UTC */
    public ModelStatus of(ModelSpec spec, long now) {
        String model = spec.name();
        List<Evaluation> keys = evaluations.keys(model);
        Evaluation newest = evaluations.newest(model);
        Metrics window = newest == null ? null : newest.window().metrics();
        Tally total = evaluations.total(model);
        return new ModelStatus(
                model,
                freshness.model(model, new Freshness.Spec(spec.stream().frozen(), spec.hash()), now),
                spec.key() == null ? null : keys.size(),
                newest == null
                        ? null
                        : keys.stream().mapToLong(Evaluation::version).sum(),
                newest == null ? null : Math.max(0, now - newest.emittedAt()),
                window == null ? null : (Double) window.loss(),
                total == null || total.weight() <= 0 ? null : (Double) total.loss(),
                evaluations.perSecond(model, now),
                freshness.failure(model, spec.hash(), now));
    }
}
