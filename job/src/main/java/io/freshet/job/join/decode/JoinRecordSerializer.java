package io.freshet.job.join.decode;

import io.freshet.job.record.SourceRecordSerializer;
import io.freshet.job.serialization.ValueSerializer;
import java.io.IOException;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Serializes records between the source and the decoder. */
public final class JoinRecordSerializer extends ValueSerializer<JoinRecord> {
    private static final long serialVersionUID = 1;

    private final SourceRecordSerializer records = new SourceRecordSerializer();

    public static TypeInformation<JoinRecord> type() {
        return typeInformation(JoinRecord.class, new JoinRecordSerializer());
    }

    @Override
    public void serialize(JoinRecord record, DataOutputView out) throws IOException {
        out.writeBoolean(record.isOutcome());
        out.writeLong(record.eventTime());
        records.serialize(record.record(), out);
    }

    @Override
    public JoinRecord deserialize(DataInputView in) throws IOException {
        return new JoinRecord(in.readBoolean(), in.readLong(), records.deserialize(in));
    }
}
