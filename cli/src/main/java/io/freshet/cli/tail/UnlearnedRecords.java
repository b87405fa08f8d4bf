package io.freshet.cli.tail;

import io.freshet.cli.kafka.HeaderText;
import io.freshet.schemas.kafka.DeadLetterHeaders;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Counts the dead letters of records that never reached a learner, which evaluations do not count. Not thread-safe.
 */
final class UnlearnedRecords {
    /** A record that no model could decode counts for every model. */
    private static final String ALL = "";

    private final Map<Counted, Long> counts = new HashMap<>();

    private record Counted(String model, boolean isOfTrainer) {}

    /** Returns whether a record is a dead letter. */
    static boolean isDeadLetter(ConsumerRecord<byte[], byte[]> record) {
        return record.headers().lastHeader(DeadLetterHeaders.STAGE) != null;
    }

    /**
     * Counts a dead letter.
     *
     * @return fields to show at the first and whenever their number has doubled; otherwise null
     */
    @Nullable Map<String, @Nullable Object> add(ConsumerRecord<byte[], byte[]> record) {
        String stage = HeaderText.of(record.headers(), DeadLetterHeaders.STAGE);
        if (stage.equals("learn")) {
            return null;
        }
        String model = HeaderText.of(record.headers(), DeadLetterHeaders.MODEL);
        boolean isOfTrainer = DeadLetterHeaders.isOfTrainer(name -> HeaderText.of(record.headers(), name));
        long count = counts.merge(new Counted(model, isOfTrainer), 1L, Long::sum);
        if (Long.bitCount(count) != 1) {
            return null;
        }
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("model", model.equals(ALL) ? null : model);
        fields.put("state", "rejected");
        fields.put("deadLetters", count);
        fields.put("stage", stage);
        fields.put("message", HeaderText.of(record.headers(), DeadLetterHeaders.MESSAGE));
        return fields;
    }

    /** Returns the number of counted samples that a model did not receive. Requests and outcomes of the join are none. */
    long count(String model) {
        return counts.getOrDefault(new Counted(model, true), 0L) + counts.getOrDefault(new Counted(ALL, true), 0L);
    }
}
