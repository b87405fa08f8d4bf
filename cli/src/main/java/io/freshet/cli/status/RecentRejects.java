package io.freshet.cli.status;

import io.freshet.cli.console.CommandException;
import io.freshet.cli.kafka.HeaderText;
import io.freshet.cli.kafka.KafkaOptions;
import io.freshet.cli.kafka.TopicReader;
import io.freshet.learning.yaml.Plural;
import io.freshet.schemas.topic.DeadLetterHeaders;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * What each model has rejected in the last ten seconds, among the newest dead letters, however old their records are: a job
 * that catches up rejects samples of long ago. A record that no model could decode counts for every model.
 */
final class RecentRejects {
    private static final int SECONDS = 10;
    private static final long NEWEST = 10_000;
    private static final String ALL = "";

    private final long since;
    private final Map<String, Rejected> byModel = new HashMap<>();

    /** A number of dead letters, and the reason of the last. */
    record Rejected(long count, String reason) {
        private Rejected plus(@Nullable Rejected other) {
            return other == null ? this : new Rejected(count + other.count, reason);
        }

        @Override
        public String toString() {
            return Plural.of(count, "sample") + " rejected in the last " + SECONDS + " s, the newest: " + reason;
        }
    }

    /** @param now milliseconds since 1970, UTC */
    RecentRejects(long now) {
        since = now - SECONDS * 1_000L;
    }

    /**
     * Reads the dead letters.
     *
     * @param now milliseconds since 1970, UTC
     * @throws CommandException if their topic does not exist
     */
    static RecentRejects read(KafkaOptions kafka, long now) throws CommandException {
        RecentRejects recent = new RecentRejects(now);
        try (TopicReader reader = TopicReader.open(kafka, kafka.topics(null).deadLetters())) {
            // Not by time: the topic's index has the timestamps of the rejected records.
            reader.skipToLast(NEWEST);
            reader.readToEnd(recent::add);
        }
        return recent;
    }

    void add(ConsumerRecord<byte[], byte[]> letter) {
        if (rejectedAt(letter) < since) {
            return;
        }
        byModel.compute(
                HeaderText.of(letter.headers(), DeadLetterHeaders.MODEL),
                (model, before) ->
                        new Rejected(1, HeaderText.of(letter.headers(), DeadLetterHeaders.MESSAGE)).plus(before));
    }

    private static long rejectedAt(ConsumerRecord<byte[], byte[]> letter) {
        String time = HeaderText.of(letter.headers(), DeadLetterHeaders.REJECTED_AT);
        return time.matches("\\d{1,18}") ? Long.parseLong(time) : letter.timestamp();
    }

    /** Returns what a model has rejected, or null. */
    @Nullable Rejected of(String model) {
        Rejected own = byModel.get(model);
        Rejected ofAll = byModel.get(ALL);
        return own == null ? ofAll : own.plus(ofAll);
    }
}
