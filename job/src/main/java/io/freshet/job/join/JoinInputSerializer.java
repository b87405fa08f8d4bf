package io.freshet.job.join;

import io.freshet.job.record.SourceRecord;
import io.freshet.job.record.SourceRecordSerializer;
import io.freshet.job.record.SpecChange;
import io.freshet.job.serialization.ValueSerializer;
import io.freshet.learning.join.JoinOutcome;
import io.freshet.learning.join.JoinRequest;
import java.io.IOException;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.apache.flink.types.StringValue;

/** Serializes inputs of the join between tasks. */
public final class JoinInputSerializer extends ValueSerializer<JoinInput> {
    private static final long serialVersionUID = 1;

    private static final byte REQUESTED = 0;
    private static final byte OBSERVED = 1;
    private static final byte REJECTED = 2;
    private static final byte CHANGED = 3;

    private final SourceRecordSerializer records = new SourceRecordSerializer();

    public static TypeInformation<JoinInput> type() {
        return typeInformation(JoinInput.class, new JoinInputSerializer());
    }

    @Override
    public void serialize(JoinInput input, DataOutputView out) throws IOException {
        if (input instanceof JoinInput.Requested requested) {
            out.writeByte(REQUESTED);
            StringValue.writeString(requested.modelKey(), out);
            JoinRequest request = requested.request();
            out.writeLong(request.time());
            out.writeBoolean(request.exposed());
            out.writeInt(request.content().length);
            out.write(request.content());
            out.writeLong(requested.incarnation());
            records.serialize(requested.record(), out);
        } else if (input instanceof JoinInput.Observed observed) {
            out.writeByte(OBSERVED);
            StringValue.writeString(observed.modelKey(), out);
            JoinOutcome outcome = observed.outcome();
            out.writeLong(outcome.time());
            out.writeDouble(outcome.value());
            StringValue.writeString(outcome.outcomeId(), out);
            out.writeBoolean(outcome.exposed());
            out.writeLong(observed.incarnation());
            records.serialize(observed.record(), out);
        } else if (input instanceof JoinInput.Rejected rejected) {
            out.writeByte(REJECTED);
            StringValue.writeString(rejected.modelKey(), out);
        } else {
            JoinInput.Changed changed = (JoinInput.Changed) input;
            out.writeByte(CHANGED);
            out.writeLong(changed.offset());
            changed.change().write(out);
        }
    }

    @Override
    public JoinInput deserialize(DataInputView in) throws IOException {
        byte kind = in.readByte();
        return switch (kind) {
            case REQUESTED -> {
                String key = StringValue.readString(in);
                long time = in.readLong();
                boolean exposed = in.readBoolean();
                byte[] content = new byte[in.readInt()];
                in.readFully(content);
                JoinRequest request = new JoinRequest(time, exposed, content);
                yield new JoinInput.Requested(key, request, in.readLong(), records.deserialize(in));
            }
            case OBSERVED -> {
                String key = StringValue.readString(in);
                long time = in.readLong();
                double value = in.readDouble();
                String outcomeId = StringValue.readString(in);
                boolean exposed = in.readBoolean();
                long incarnation = in.readLong();
                SourceRecord record = records.deserialize(in);
                JoinOutcome outcome =
                        new JoinOutcome(time, record.partition(), record.offset(), value, outcomeId, exposed, null);
                yield new JoinInput.Observed(key, outcome, incarnation, record);
            }
            case REJECTED -> new JoinInput.Rejected(StringValue.readString(in));
            case CHANGED -> new JoinInput.Changed(in.readLong(), SpecChange.read(in));
            default -> throw new IOException("input of the join: kind " + kind + " (expected: 0 to 3)");
        };
    }
}
