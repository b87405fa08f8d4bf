package io.freshet.cli.answer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.freshet.cli.answer.LearnedSamples.Emitted;
import io.freshet.cli.console.CommandException;
import io.freshet.cli.kafka.HeaderText;
import io.freshet.cli.kafka.KafkaOptions;
import io.freshet.learning.spec.ModelSpec;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.OffsetDateTime;
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
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String REASON = "freshet-reason";
    /** Clocks of producers and brokers differ, and outcomes may be sent before their requests. */
    private static final long SLACK_MILLIS = 3_600_000;

    /**
     * An outcome.
     *
     * @param value as JSON; "null" for an exposure
     * @param time of the outcome, milliseconds since 1970, UTC
     */
    record Outcome(@Nullable String id, String value, long time) {}

    static Consequences of(KafkaOptions kafka, String samples, LoggedAnswer answer, ModelSpec spec, String id)
            throws CommandException {
        long since = Math.max(0, answer.loggedAt() - SLACK_MILLIS);
        List<Outcome> outcomes = new ArrayList<>();
        for (ConsumerRecord<byte[], byte[]> record :
                RecordsOfId.find(kafka, kafka.topics(null).outcomes(), id, since)) {
            Outcome outcome = outcome(record, answer.model());
            if (outcome != null) {
                outcomes.add(outcome);
            }
        }
        List<String> unjoined = RecordsOfId.find(kafka, kafka.topics(null).unjoined(), id, since).stream()
                .map(record -> HeaderText.of(record.headers(), REASON))
                .toList();
        return new Consequences(outcomes, unjoined, LearnedSamples.find(kafka, samples, spec, id, since));
    }

    /** Returns the outcome of a record; null if it is malformed or another model's. */
    private static @Nullable Outcome outcome(ConsumerRecord<byte[], byte[]> record, String model) {
        try {
            JsonNode json = record.value() == null ? null : JSON.readTree(record.value());
            if (json == null
                    || json.path("model").isTextual()
                            && !json.path("model").asText().equals(model)) {
                return null;
            }
            JsonNode id = json.path("outcome_id");
            JsonNode value = json.path("value");
            return new Outcome(
                    id.isValueNode() && !id.isNull() ? id.asText() : null,
                    value.isMissingNode() ? "null" : value.toString(),
                    time(json.path("time"), record.timestamp()));
        } catch (IOException | DateTimeException e) {
            return null;
        }
    }

    private static long time(JsonNode time, long timestamp) {
        if (time.isTextual()) {
            return OffsetDateTime.parse(time.asText()).toInstant().toEpochMilli();
        }
        return time.isNumber() ? time.asLong() : timestamp;
    }
}
