package io.freshet.cli.history;

import io.freshet.cli.console.CommandException;
import io.freshet.cli.history.LearnedSamples.Emitted;
import io.freshet.cli.kafka.HeaderText;
import io.freshet.cli.kafka.KafkaOptions;
import io.freshet.learning.spec.JoinSpec;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.avro.MalformedRecordException;
import io.freshet.schemas.kafka.DeadLetterHeaders;
import io.freshet.schemas.kafka.UnjoinedHeaders;
import io.freshet.schemas.loop.OutcomeJson;
import io.freshet.schemas.loop.OutcomeRecord;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * What happened after an answer.
 *
 * @param outcomes in the order in which the join counts them
 * @param unjoined reasons why outcomes became part of no label
 * @param samples that the join emitted
 */
record Consequences(Part<List<Outcome>> outcomes, Part<List<String>> unjoined, Part<List<Emitted>> samples) {
    /** Clocks of producers and brokers differ, and outcomes may be sent before their requests. */
    private static final long SLACK_MILLIS = 3_600_000;

    /**
     * An outcome.
     *
     * @param id of the outcome, or null
     * @param value null for an exposure
     * @param time of the outcome, milliseconds since 1970, UTC
     * @param doubled whether it does not count, since an earlier one has its id or, without ids, its time and value
     */
    record Outcome(@Nullable String id, @Nullable String value, long time, boolean doubled) {
        private List<Object> identity() {
            return id == null ? List.of(time, String.valueOf(value)) : List.of(id);
        }
    }

    /**
     * Reads what happened.
     *
     * @param from topic of outcomes
     * @param samples topic that the join writes
     * @param spec of the model that was asked
     */
    static Consequences of(KafkaOptions kafka, String from, String samples, FirstAnswer asked, Part<ModelSpec> spec) {
        String id = asked.id();
        String model = asked.answer().model();
        long since = Math.max(0, asked.answer().loggedAt() - SLACK_MILLIS);
        return new Consequences(
                Part.read(kafka, () -> outcomes(kafka, from, asked, since, spec.value())),
                Part.read(kafka, () -> unjoined(kafka, id, model, since)),
                Part.read(kafka, () -> LearnedSamples.find(kafka, samples, spec.require(), id, since)));
    }

    private static List<Outcome> outcomes(
            KafkaOptions kafka, String from, FirstAnswer asked, long since, @Nullable ModelSpec spec)
            throws CommandException {
        LoggedAnswer answer = asked.answer();
        List<Outcome> sent = new ArrayList<>();
        for (ConsumerRecord<byte[], byte[]> record : RecordsOfId.find(kafka, from, asked.id(), since)) {
            Outcome outcome = outcome(record, answer.model());
            if (outcome != null) {
                sent.add(outcome);
            }
        }
        JoinSpec join = spec == null ? null : spec.join();
        long until = join == null ? Long.MAX_VALUE : answer.eventTime() + join.withinMillis();
        return marked(sent, answer.eventTime(), until);
    }

    private static List<String> unjoined(KafkaOptions kafka, String id, String model, long since)
            throws CommandException {
        return RecordsOfId.find(kafka, kafka.topics(null).unjoined(), id, since).stream()
                .filter(record ->
                        HeaderText.of(record.headers(), DeadLetterHeaders.MODEL).equals(model))
                .map(record -> HeaderText.of(record.headers(), UnjoinedHeaders.REASON))
                .toList();
    }

    /**
     * Marks outcomes as doubled by the rule of the join.
     *
     * @param sent in the order of partitions and offsets
     * @param from time of the request; an outcome before it does not count, nor one after {@code until}
     */
    static List<Outcome> marked(List<Outcome> sent, long from, long until) {
        Set<List<Object>> counting = new HashSet<>();
        return sent.stream()
                .sorted(Comparator.comparingLong(Outcome::time))
                .map(outcome -> outcome.value() == null
                                || outcome.time() < from
                                || outcome.time() > until
                                || counting.add(outcome.identity())
                        ? outcome
                        : new Outcome(outcome.id(), outcome.value(), outcome.time(), true))
                .toList();
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
                    outcome.time() == null ? record.timestamp() : outcome.time(),
                    false);
        } catch (MalformedRecordException e) {
            return null;
        }
    }
}
