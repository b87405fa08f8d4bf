package io.freshet.cli.answer;

import io.freshet.cli.answer.LearnedSamples.Emitted;
import io.freshet.cli.console.CommandException;
import io.freshet.cli.kafka.HeaderText;
import io.freshet.cli.kafka.KafkaOptions;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.avro.MalformedRecordException;
import io.freshet.schemas.loop.OutcomeJson;
import io.freshet.schemas.loop.OutcomeRecord;
import io.freshet.schemas.topic.DeadLetterHeaders;
import io.freshet.schemas.topic.UnjoinedHeaders;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * What happened after an answer.
 *
 * @param outcomes as they were sent, in order
 * @param unjoined reasons why outcomes became part of no label
 * @param samples that the join emitted
 */
record Consequences(List<Outcome> outcomes, List<String> unjoined, List<Emitted> samples) {
    /** Clocks of producers and brokers differ, and outcomes may be sent before their requests. */
    private static final long SLACK_MILLIS = 3_600_000;

    /**
     * An outcome.
     *
     * @param id of the outcome, or null
     * @param value null for an exposure
     * @param time of the outcome, milliseconds since 1970, UTC
     */
    record Outcome(@Nullable String id, @Nullable String value, long time) {}

    /**
     * Reads what happened.
     *
     * @param from topic of outcomes
     * @param samples topic that the join writes
     */
    static Consequences of(KafkaOptions kafka, String from, String samples, FirstAnswer asked, ModelSpec spec)
            throws CommandException {
        LoggedAnswer answer = asked.answer();
        String id = asked.id();
        long since = Math.max(0, answer.loggedAt() - SLACK_MILLIS);
        List<Outcome> outcomes = new ArrayList<>();
        for (ConsumerRecord<byte[], byte[]> record : RecordsOfId.find(kafka, from, id, since)) {
            Outcome outcome = outcome(record, answer.model());
            if (outcome != null) {
                outcomes.add(outcome);
            }
        }
        List<String> unjoined = RecordsOfId.find(kafka, kafka.topics(null).unjoined(), id, since).stream()
                .filter(record ->
                        HeaderText.of(record.headers(), DeadLetterHeaders.MODEL).equals(answer.model()))
                .map(record -> HeaderText.of(record.headers(), UnjoinedHeaders.REASON))
                .toList();
        return new Consequences(outcomes, unjoined, LearnedSamples.find(kafka, samples, spec, id, since));
    }

    /** Returns the outcome of a record; null if it is malformed or another model's. */
    private static @Nullable Outcome outcome(ConsumerRecord<byte[], byte[]> record, String model) {
        if (record.value() == null) {
            return null;
        }
        try {
            OutcomeRecord outcome = OutcomeJson.read(record.value());
            if (outcome.model() != null && !outcome.model().equals(model)) {
                return null;
            }
            return new Outcome(
                    outcome.outcomeId(),
                    outcome.value() == null ? null : outcome.value().text(),
                    outcome.time() == null ? record.timestamp() : outcome.time());
        } catch (MalformedRecordException e) {
            return null;
        }
    }
}
