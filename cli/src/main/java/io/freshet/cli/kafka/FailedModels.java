package io.freshet.cli.kafka;

import io.freshet.cli.console.CommandException;
import io.freshet.schemas.evaluation.Evaluation;
import io.freshet.schemas.evaluation.LatestEvaluations;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The models that the job has stopped learning, as reported on the metrics topic within the last minutes. */
public final class FailedModels {
    private final Map<String, Evaluation> failures;

    private FailedModels(Map<String, Evaluation> failures) {
        this.failures = failures;
    }

    /**
     * Reads the recent end of the metrics topic.
     *
     * @param now milliseconds since 1970, UTC
     * @throws CommandException if the metrics topic does not exist
     */
    public static FailedModels read(KafkaOptions kafka, long now) throws CommandException {
        LatestEvaluations evaluations = new LatestEvaluations();
        try (EvaluationReader reader = EvaluationReader.open(kafka, now - LatestEvaluations.FAILURE_MILLIS)) {
            reader.readToEnd(evaluations::add, key -> evaluations.remove(key.model(), key.key()));
        }
        return of(evaluations, now);
    }

    /** Returns the failures among evaluations that were read. */
    public static FailedModels of(LatestEvaluations evaluations, long now) {
        return new FailedModels(evaluations.failures(now));
    }

    /** Returns why a model is not learned with its current specification, or null if no failure was reported. */
    public @Nullable String reason(String model, String specHash) {
        Evaluation failure = failures.get(model);
        return failure != null && failure.specHash().equals(specHash) ? failure.failure() : null;
    }
}
