package io.freshet.job.record;

import io.freshet.learning.learner.FieldCodec;
import io.freshet.learning.learner.FlatArrays;
import io.freshet.schemas.avro.KeyedBytes;
import io.freshet.schemas.kafka.DeadLetterHeaders;
import io.freshet.schemas.kafka.RecordLimit;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.apache.flink.types.StringValue;
import org.apache.flink.util.OutputTag;
import org.jspecify.annotations.Nullable;

/**
 * A record to send to a Kafka topic.
 *
 * @param export whether it is a copy for other systems, which has a topic of its own
 * @param partitionKey determines the partition; empty to leave the partition to Kafka
 * @param key null for none
 * @param value null for a tombstone
 * @param timestamp milliseconds since 1970, UTC
 */
public record OutputRecord(
        boolean export,
        String partitionKey,
        byte @Nullable [] key,
        byte @Nullable [] value,
        long timestamp,
        RecordHeaders headers)
        implements EdgeSerializer.Value {
    public static final TypeInformation<OutputRecord> TYPE =
            EdgeSerializer.type(OutputRecord.class, OutputRecord::read);

    /** Maximum bytes of key, value, and headers. With the added headers, still below {@link RecordLimit#BYTES}. */
    static final int LARGEST_DEAD_LETTER = 1_000_000;

    private static final byte[] NO_KEY = {};

    /** Rejected records and samples. */
    public static final OutputTag<OutputRecord> DEAD_LETTERS = new OutputTag<>("dead-letters", TYPE);

    /** Snapshots of the committed lane, with their blocks and tombstones. */
    public static final OutputTag<OutputRecord> COMMITTED = new OutputTag<>("committed", TYPE);

    /** Lineage of each snapshot, and specifications. */
    public static final OutputTag<OutputRecord> HISTORY = new OutputTag<>("history", TYPE);

    /** Metrics of each window. */
    public static final OutputTag<OutputRecord> EVALUATIONS = new OutputTag<>("evaluations", TYPE);

    public OutputRecord(
            String partitionKey,
            byte @Nullable [] key,
            byte @Nullable [] value,
            long timestamp,
            RecordHeaders headers) {
        this(false, partitionKey, key, value, timestamp, headers);
    }

    @Override
    public void write(DataOutputView out) throws IOException {
        out.writeBoolean(export);
        StringValue.writeString(partitionKey, out);
        FieldCodec.writeOptional(key, FlatArrays::writeBytes, out);
        FieldCodec.writeOptional(value, FlatArrays::writeBytes, out);
        out.writeLong(timestamp);
        headers.write(out);
    }

    private static OutputRecord read(DataInputView in) throws IOException {
        return new OutputRecord(
                in.readBoolean(),
                StringValue.readString(in),
                FieldCodec.readOptional(FlatArrays::readBytes, in),
                FieldCodec.readOptional(FlatArrays::readBytes, in),
                in.readLong(),
                RecordHeaders.read(in));
    }

    /**
     * Returns the copy of this record for other systems.
     *
     * @throws IllegalStateException if the copy is too large for a broker, which would fail the job
     */
    public OutputRecord exported(byte @Nullable [] converted, RecordHeaders added) {
        RecordLimit.require(new KeyedBytes(key == null ? NO_KEY : key, converted), added.bytes());
        return new OutputRecord(true, partitionKey, key, converted, timestamp, added);
    }

    /**
     * Returns a record without headers.
     *
     * @throws IllegalStateException if the record is too large for a broker, which would fail the job
     */
    public static OutputRecord of(String partitionKey, KeyedBytes record, long timestamp) {
        RecordLimit.require(record);
        return new OutputRecord(partitionKey, record.key(), record.value(), timestamp, RecordHeaders.NONE);
    }

    /**
     * Returns the dead letter of a record: the record as received, with {@code added} headers after its own.
     *
     * <p>The dead letter of a large record has only the added headers and the size: a broker may accept a record that was
     * compressed or barely fits, but refuse it with more headers.
     *
     * @param latest the newest timestamp that a broker accepts, milliseconds since 1970, UTC
     */
    public static OutputRecord deadLetter(SourceRecord record, Map<String, byte[]> added, long latest) {
        long timestamp = Math.min(record.timestamp(), latest);
        long size = record.size();
        if (size > LARGEST_DEAD_LETTER) {
            Map<String, byte[]> headers = new LinkedHashMap<>(added);
            headers.put(DeadLetterHeaders.SIZE, Long.toString(size).getBytes(StandardCharsets.UTF_8));
            return new OutputRecord("", null, new byte[0], timestamp, RecordHeaders.of(headers));
        }
        return new OutputRecord(
                "", record.key(), record.value(), timestamp, record.headers().with(added));
    }
}
