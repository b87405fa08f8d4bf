package io.freshet.job.record;

import io.freshet.learning.learner.FieldCodec;
import io.freshet.learning.learner.FlatArrays;
import io.freshet.schemas.sample.SchemaAnswer;
import java.io.IOException;
import java.util.function.Supplier;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.jspecify.annotations.Nullable;

/**
 * A record of the samples topic as received, before it is decoded.
 *
 * @param partition of the samples topic
 * @param offset in that partition
 * @param timestamp of the Kafka record, milliseconds since 1970, UTC
 * @param key null for none
 * @param value null for a tombstone
 * @param ahead its samples, if the fetching thread encodes records; never serialized
 * @param schema the registry's answer for its schema, if the fetching thread has waited for one; not serialized with it
 */
public record SourceRecord(
        int partition,
        long offset,
        long timestamp,
        byte @Nullable [] key,
        byte @Nullable [] value,
        RecordHeaders headers,
        @Nullable EncodedAhead ahead,
        @Nullable SchemaAnswer schema)
        implements TrainerInput, EdgeSerializer.Value {
    public static final TypeInformation<SourceRecord> TYPE =
            EdgeSerializer.type(SourceRecord.class, SourceRecord::read);

    /** Creates a record without samples. */
    public SourceRecord(
            int partition,
            long offset,
            long timestamp,
            byte @Nullable [] key,
            byte @Nullable [] value,
            RecordHeaders headers) {
        this(partition, offset, timestamp, key, value, headers, null, null);
    }

    /** Returns the same record with its samples. */
    public SourceRecord with(EncodedAhead encoded) {
        return new SourceRecord(partition, offset, timestamp, key, value, headers, encoded, schema);
    }

    /** Returns the same record with the registry's answer for its schema, or without one. */
    public SourceRecord withSchema(@Nullable SchemaAnswer answer) {
        return new SourceRecord(partition, offset, timestamp, key, value, headers, ahead, answer);
    }

    /**
     * Returns the samples that the fetching thread encoded with {@code encoder}, or null if the caller has to encode the record.
     */
    public KeyedSample @Nullable [] samples(Supplier<RecordEncoder> encoder) {
        return ahead == null ? null : ahead.samples(encoder);
    }

    /** Returns a tight upper bound on the bytes of key, value, and headers in a Kafka record. */
    public long size() {
        return length(key) + length(value) + headers.bytes();
    }

    /** Writes all but the samples and the schema. The join also keeps these bytes, in its state of version 1. */
    @Override
    public void write(DataOutputView out) throws IOException {
        out.writeInt(partition);
        out.writeLong(offset);
        out.writeLong(timestamp);
        FieldCodec.writeOptional(key, FlatArrays::writeBytes, out);
        FieldCodec.writeOptional(value, FlatArrays::writeBytes, out);
        headers.write(out);
    }

    public static SourceRecord read(DataInputView in) throws IOException {
        return new SourceRecord(
                in.readInt(),
                in.readLong(),
                in.readLong(),
                FieldCodec.readOptional(FlatArrays::readBytes, in),
                FieldCodec.readOptional(FlatArrays::readBytes, in),
                RecordHeaders.read(in));
    }

    private static long length(byte @Nullable [] bytes) {
        return bytes == null ? 0 : bytes.length;
    }
}
