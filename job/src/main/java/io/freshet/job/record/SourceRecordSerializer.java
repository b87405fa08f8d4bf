package io.freshet.job.record;

import io.freshet.job.serialization.ValueSerializer;
import java.io.IOException;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Serializes source records between tasks. */
public final class SourceRecordSerializer extends ValueSerializer<SourceRecord> {
    private static final long serialVersionUID = 1;

    public static TypeInformation<SourceRecord> type() {
        return typeInformation(SourceRecord.class, new SourceRecordSerializer());
    }

    @Override
    public void serialize(SourceRecord record, DataOutputView out) throws IOException {
        out.writeInt(record.partition());
        out.writeLong(record.offset());
        out.writeLong(record.timestamp());
        NullableBytes.write(record.key(), out);
        NullableBytes.write(record.value(), out);
        record.headers().write(out);
    }

    @Override
    public SourceRecord deserialize(DataInputView in) throws IOException {
        int partition = in.readInt();
        long offset = in.readLong();
        long timestamp = in.readLong();
        byte[] key = NullableBytes.read(in);
        byte[] value = NullableBytes.read(in);
        return new SourceRecord(partition, offset, timestamp, key, value, RecordHeaders.read(in));
    }
}
