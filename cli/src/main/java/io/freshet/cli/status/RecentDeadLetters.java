package io.freshet.cli.status;

import io.freshet.cli.console.CommandException;
import io.freshet.cli.kafka.HeaderText;
import io.freshet.cli.kafka.KafkaOptions;
import io.freshet.cli.kafka.TopicReader;
import io.freshet.learning.yaml.Plural;
import io.freshet.schemas.deadletter.DeadLetterHeaders;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * What each model has rejected of the samples of the last ten seconds, by the timestamps of their records. A record that no
 * model could decode counts for every model.
 */
final class RecentDeadLetters {
    private static final int SECONDS = 10;
    private static final String ALL = "";

    private final Map<String, Rejected> byModel = new HashMap<>();

    /** A number of dead letters, and the reason of the last. */
    record Rejected(long count, String reason) {
        private Rejected plus(@Nullable Rejected other) {
            return other == null ? this : new Rejected(count + other.count, reason);
        }

        @Override
        public String toString() {
            return Plural.of(count, "sample") + " of the last " + SECONDS + " s rejected, the newest: " + reason;
        }
    }

    /**
     * Reads the dead letters.
     *
     * @param now milliseconds since 1970, UTC
     * @throws CommandException if their topic does not exist
     */
    static RecentDeadLetters read(KafkaOptions kafka, long now) throws CommandException {
        RecentDeadLetters recent = new RecentDeadLetters();
        try (TopicReader reader = TopicReader.open(kafka, kafka.topics(null).deadLetters())) {
            reader.skipTo(now - SECONDS * 1_000L);
            reader.readToEnd(recent::add);
        }
        return recent;
    }

    void add(ConsumerRecord<byte[], byte[]> letter) {
        byModel.compute(
                HeaderText.of(letter.headers(), DeadLetterHeaders.MODEL),
                (model, before) ->
                        new Rejected(1, HeaderText.of(letter.headers(), DeadLetterHeaders.MESSAGE)).plus(before));
    }

    /** Returns what a model has rejected, or null. */
    @Nullable Rejected of(String model) {
        Rejected own = byModel.get(model);
        Rejected ofAll = byModel.get(ALL);
        return own == null ? ofAll : own.plus(ofAll);
    }
}
