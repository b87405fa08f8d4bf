package io.freshet.job.record;

import io.freshet.job.serialization.ValueSerializer;
import java.io.IOException;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.apache.flink.types.StringValue;

/** Moves source records between tasks: bytes in bulk. */
public final class SourceRecordSerializer extends ValueSerializer<SourceRecord> {
    private static final long serialVersionUID = 1;
    private static final String[] NO_NAMES = {};
    private static final byte[][] NO_VALUES = {};

    public static TypeInformation<SourceRecord> type() {
        return typeInformation(SourceRecord.class, new SourceRecordSerializer());
    }

    @Override
    public void serialize(SourceRecord record, DataOutputView out) throws IOException {
        out.writeInt(record.partition());
        out.writeLong(record.offset());
        out.writeLong(record.timestamp());
        writeBytes(record.key(), out);
        writeBytes(record.value(), out);
        out.writeInt(record.headerNames().length);
        for (int i = 0; i < record.headerNames().length; i++) {
            StringValue.writeString(record.headerNames()[i], out);
            writeBytes(record.headerValues()[i], out);
        }
    }

    @Override
    public SourceRecord deserialize(DataInputView in) throws IOException {
        int partition = in.readInt();
        long offset = in.readLong();
        long timestamp = in.readLong();
        byte[] key = readBytes(in);
        byte[] value = readBytes(in);
        int headers = in.readInt();
        String[] names = headers == 0 ? NO_NAMES : new String[headers];
        byte[][] values = headers == 0 ? NO_VALUES : new byte[headers][];
        for (int i = 0; i < headers; i++) {
            names[i] = StringValue.readString(in);
            values[i] = readBytes(in);
        }
        return new SourceRecord(partition, offset, timestamp, key, value, names, values);
    }

    @Override
    public TypeSerializerSnapshot<SourceRecord> snapshotConfiguration() {
        return new Snapshot();
    }

    /** Names the serializer in a checkpoint; never rename it. */
    public static final class Snapshot extends SimpleTypeSerializerSnapshot<SourceRecord> {
        public Snapshot() {
            super(SourceRecordSerializer::new);
        }
    }
}
