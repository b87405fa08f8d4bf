package io.freshet.job.record;

import io.freshet.job.serialization.ValueSerializer;
import java.io.IOException;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.apache.flink.types.StringValue;

/** Serializes outgoing records for sinks in another task. */
public final class OutputRecordSerializer extends ValueSerializer<OutputRecord> {
    private static final long serialVersionUID = 1;

    public static TypeInformation<OutputRecord> type() {
        return typeInformation(OutputRecord.class, new OutputRecordSerializer());
    }

    @Override
    public void serialize(OutputRecord record, DataOutputView out) throws IOException {
        out.writeBoolean(record.export());
        StringValue.writeString(record.partitionKey(), out);
        NullableBytes.write(record.key(), out);
        NullableBytes.write(record.value(), out);
        out.writeLong(record.timestamp());
        record.headers().write(out);
    }

    @Override
    public OutputRecord deserialize(DataInputView in) throws IOException {
        boolean export = in.readBoolean();
        String partitionKey = StringValue.readString(in);
        byte[] key = NullableBytes.read(in);
        byte[] value = NullableBytes.read(in);
        long timestamp = in.readLong();
        return new OutputRecord(export, partitionKey, key, value, timestamp, RecordHeaders.read(in));
    }
}
