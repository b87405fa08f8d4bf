package io.freshet.job.record;

import io.freshet.job.serialization.ValueSerializer;
import java.io.IOException;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.apache.flink.types.StringValue;

/** Moves outgoing records to the sinks where these run in another task. */
public final class OutputRecordSerializer extends ValueSerializer<OutputRecord> {
    private static final long serialVersionUID = 1;

    public static TypeInformation<OutputRecord> type() {
        return typeInformation(OutputRecord.class, new OutputRecordSerializer());
    }

    @Override
    public void serialize(OutputRecord record, DataOutputView out) throws IOException {
        StringValue.writeString(record.address(), out);
        writeBytes(record.key(), out);
        writeBytes(record.value(), out);
        out.writeLong(record.timestamp());
        out.writeInt(record.headerNames().length);
        for (int i = 0; i < record.headerNames().length; i++) {
            StringValue.writeString(record.headerNames()[i], out);
            writeBytes(record.headerValues()[i], out);
        }
    }

    @Override
    public OutputRecord deserialize(DataInputView in) throws IOException {
        String address = StringValue.readString(in);
        byte[] key = readBytes(in);
        byte[] value = readBytes(in);
        long timestamp = in.readLong();
        String[] names = new String[in.readInt()];
        byte[][] values = new byte[names.length][];
        for (int i = 0; i < names.length; i++) {
            names[i] = StringValue.readString(in);
            values[i] = readBytes(in);
        }
        return new OutputRecord(address, key, value, timestamp, names, values);
    }

    @Override
    public TypeSerializerSnapshot<OutputRecord> snapshotConfiguration() {
        return new Snapshot();
    }

    /** Names the serializer in a checkpoint; never rename it. */
    public static final class Snapshot extends SimpleTypeSerializerSnapshot<OutputRecord> {
        public Snapshot() {
            super(OutputRecordSerializer::new);
        }
    }
}
