package io.freshet.cli.kafka;

import io.freshet.cli.console.CommandException;
import io.freshet.schemas.avro.MalformedRecordException;
import io.freshet.schemas.evaluation.Evaluation;
import io.freshet.schemas.evaluation.EvaluationCodec;
import io.freshet.schemas.evaluation.LatestEvaluations;
import io.freshet.schemas.topic.ParameterKey;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/** The models that the job has stopped learning, as reported on the metrics topic within the last minutes. */
public final class FailedModels {
    private final EvaluationCodec codec = new EvaluationCodec();
    private final LatestEvaluations evaluations = new LatestEvaluations();
    private final Map<String, Evaluation> failures;

    private FailedModels(KafkaOptions kafka, long now) throws CommandException {
        try (TopicReader reader = TopicReader.open(kafka, kafka.topics(null).metrics())) {
            reader.skipTo(now - LatestEvaluations.FAILURE_MILLIS);
            reader.readToEnd(this::add);
        }
        failures = evaluations.failures(now);
    }

    /**
     * Reads the recent end of the metrics topic.
     *
     * @param now milliseconds since 1970, UTC
     * @throws CommandException if the metrics topic does not exist
     */
    public static FailedModels read(KafkaOptions kafka, long now) throws CommandException {
        return new FailedModels(kafka, now);
    }

    private void add(ConsumerRecord<byte[], byte[]> record) {
        try {
            if (record.value() == null) {
                ParameterKey key = ParameterKey.parse(record.key());
                evaluations.remove(key.model(), key.key());
            } else {
                evaluations.add(codec.read(record.value()));
            }
        } catch (MalformedRecordException e) {
            // Printed by tail; says nothing about a model.
        }
    }

    /** Returns why a model is not learned with its current specification, or null if no failure was reported. */
    public @Nullable String reason(String model, String specHash) {
        Evaluation failure = failures.get(model);
        return failure != null && failure.specHash().equals(specHash) ? failure.failure() : null;
    }
}
