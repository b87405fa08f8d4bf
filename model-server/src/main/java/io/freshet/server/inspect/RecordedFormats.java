package io.freshet.server.inspect;

import io.freshet.schemas.avro.MalformedRecordException;
import io.freshet.schemas.avro.OtherFormat;
import io.freshet.schemas.kafka.Topics;
import io.freshet.schemas.sample.RecordFields;
import io.freshet.schemas.sample.RecordFormat;
import io.freshet.schemas.snapshot.HistoryCodec;
import io.freshet.schemas.snapshot.SnapshotCodec;
import io.freshet.schemas.snapshot.TopicFormat;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.utils.Utils;
import org.jspecify.annotations.Nullable;

/**
 * Finds the format of a samples topic: the one that a job recorded on the history topic, or if no job has, the one that a record
 * looks like. It is looked up again after ten minutes. If the search of the history fails or takes too long, the next one is
 * a minute later, and until then the format is the one before, or that of records in Freshet's own format. Not thread-safe.
 */
final class RecordedFormats {
    private static final long KEEP_MILLIS = 600_000;
    private static final long RETRY_MILLIS = 60_000;
    private static final int TOPICS = 16;
    /** Records at the end of the history that are searched. */
    static final int RECORDS = 200_000;

    private static final Duration READ_TIME = Duration.ofSeconds(3);

    private final InstantSource clock;
    private final HistoryCodec codec = new HistoryCodec(new SnapshotCodec());
    private final Map<Topics, Found> found = new RecentlyUsed<>(TOPICS);

    /**
     * The result of a search.
     *
     * @param until when to search again, milliseconds since 1970
     * @param isComplete false if it was cut short
     * @param format null if there is none
     */
    private record Found(
            long until, boolean isComplete, @Nullable TopicFormat format) {}

    RecordedFormats(InstantSource clock) {
        this.clock = clock;
    }

    /**
     * Returns the format of a samples topic, or null if it is unknown, or needs a schema registry.
     *
     * @param consumer whose assignment changes
     * @param value of a record of the topic
     */
    @Nullable RecordFormat of(Consumer<byte[], byte[]> consumer, Topics topics, byte[] value) {
        Found known = found.get(topics);
        if (known == null || clock.millis() >= known.until) {
            Found again = find(consumer, topics);
            // Jobs record the format when they start, which may be too far back after hours.
            known = !again.isComplete && known != null ? new Found(again.until, known.isComplete, known.format) : again;
            found.put(topics, known);
        }
        if (known.format != null) {
            return format(known.format);
        }
        // An Avro record names its schema; where JSON has its fields, only the history says.
        return known.isComplete || OtherFormat.of(value) == OtherFormat.AVRO ? likely(value) : null;
    }

    private Found find(Consumer<byte[], byte[]> consumer, Topics topics) {
        try {
            return new Found(clock.millis() + KEEP_MILLIS, true, recorded(consumer, topics));
        } catch (NewestRecords.IncompleteException | KafkaException | MalformedRecordException e) {
            return new Found(clock.millis() + RETRY_MILLIS, false, null);
        }
    }

    private @Nullable TopicFormat recorded(Consumer<byte[], byte[]> consumer, Topics topics)
            throws NewestRecords.IncompleteException, MalformedRecordException {
        byte[] key = HistoryCodec.formatKey(topics.samples());
        List<TopicPartition> partitions = NewestRecords.partitions(consumer, topics.history());
        if (partitions.isEmpty()) {
            return null;
        }
        // As Kafka's default partitioner assigns it.
        int partition = Utils.toPositive(Utils.murmur2(key)) % partitions.size();
        ConsumerRecord<byte[], byte[]> newest = NewestRecords.last(
                consumer,
                new TopicPartition(topics.history(), partition),
                record -> Arrays.equals(record.key(), key),
                RECORDS,
                READ_TIME);
        return newest == null || newest.value() == null ? null : codec.readFormat(newest.value());
    }

    private static @Nullable RecordFormat format(TopicFormat recorded) {
        return switch (recorded.format()) {
            case "avro" -> avro(recorded.writerSchemas());
            case "json" -> new RecordFormat.Json(recorded.fields());
            default -> null;
        };
    }

    private static @Nullable RecordFormat avro(List<String> writerSchemas) {
        RecordFormat.Avro format = new RecordFormat.Avro(new ArrayList<>());
        try {
            for (String schema : writerSchemas) {
                format = format.withWriterSchema(schema);
            }
            return format;
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private static @Nullable RecordFormat likely(byte[] value) {
        return switch (OtherFormat.of(value)) {
            case AVRO -> RecordFormat.avro();
            case JSON -> new RecordFormat.Json(RecordFields.NONE);
            default -> null;
        };
    }
}
