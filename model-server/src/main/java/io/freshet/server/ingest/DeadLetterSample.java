package io.freshet.server.ingest;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.freshet.schemas.facts.Rejections;
import io.freshet.schemas.kafka.DeadLetterHeaders;
import java.util.HashMap;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;

/**
 * Some dead letters, which stand for those of their partitions that were skipped, and for those of partitions of their topics of
 * which none was read. Reads headers only, and no more of them than is shown. Not thread-safe.
 */
final class DeadLetterSample {
    private static final int LONGEST_TEXT = 1_000;

    private final UnaryOperator<String> shown;
    private final Map<TopicPartition, Letters> partitions = new HashMap<>();
    private int size;

    private static final class Letters {
        private final Map<String, Model> models = new HashMap<>();
        private long read;
        private long skipped;
    }

    private record Model(long count, String reason) {}

    /** @param shown returns what may be shown of a reason */
    DeadLetterSample(UnaryOperator<String> shown) {
        this.shown = shown;
    }

    /** Returns the number of letters. */
    int size() {
        return size;
    }

    /** Adds a letter. One that the trainer has not seen counts for no model. */
    void add(ConsumerRecord<byte[], byte[]> letter) {
        size++;
        Letters letters = letters(new TopicPartition(letter.topic(), letter.partition()));
        letters.read++;
        if (DeadLetterHeaders.isOfTrainer(name -> text(letter, name))) {
            String reason = shown.apply(text(letter, DeadLetterHeaders.MESSAGE));
            letters.models.merge(
                    text(letter, DeadLetterHeaders.MODEL),
                    new Model(1, reason),
                    (known, next) -> new Model(known.count + next.count, next.reason));
        }
    }

    /** Records that letters of a partition were not read. */
    void skipped(TopicPartition partition, long letters) {
        letters(partition).skipped += letters;
    }

    /**
     * Counts the letters, and those that they stand for.
     *
     * @param now milliseconds since 1970, UTC
     */
    void count(Rejections rejections, long now) {
        Map<String, Double> shares = topicShares();
        partitions.forEach((partition, letters) -> letters.models.forEach((model, counted) -> {
            double share = shares.getOrDefault(partition.topic(), 1.0);
            double count = counted.count * share * (1 + (double) letters.skipped / letters.read);
            rejections.add(model, count, counted.reason, now);
        }));
    }

    /** Returns by how much the letters of each topic outnumber those of the partitions of which some were read. */
    private Map<String, Double> topicShares() {
        Map<String, Long> known = new HashMap<>();
        Map<String, Long> unknown = new HashMap<>();
        partitions.forEach((partition, letters) -> (letters.read > 0 ? known : unknown)
                .merge(partition.topic(), letters.read + letters.skipped, Long::sum));
        Map<String, Double> shares = new HashMap<>();
        known.forEach((topic, letters) -> shares.put(topic, 1 + (double) unknown.getOrDefault(topic, 0L) / letters));
        return shares;
    }

    private Letters letters(TopicPartition partition) {
        return partitions.computeIfAbsent(partition, any -> new Letters());
    }

    private static String text(ConsumerRecord<byte[], byte[]> letter, String name) {
        Header header = letter.headers().lastHeader(name);
        byte[] value = header == null ? null : header.value();
        return value == null ? "" : new String(value, 0, Math.min(value.length, LONGEST_TEXT), UTF_8);
    }
}
