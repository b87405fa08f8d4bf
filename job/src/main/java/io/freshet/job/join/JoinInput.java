package io.freshet.job.join;

import io.freshet.job.record.EdgeSerializer;
import io.freshet.job.record.SourceRecord;
import io.freshet.job.record.SpecChange;
import io.freshet.learning.join.JoinOutcome;
import io.freshet.learning.join.JoinRequest;
import io.freshet.learning.join.JoinState;
import io.freshet.learning.learner.FlatArrays;
import java.io.IOException;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.apache.flink.types.StringValue;
import org.jspecify.annotations.Nullable;

/** An input of the join. Crosses edges of the job graph, and is never part of a checkpoint. */
public sealed interface JoinInput extends EdgeSerializer.Value {
    TypeInformation<JoinInput> TYPE = EdgeSerializer.type(JoinInput.class, JoinInput::read);

    /** Writes the kind of the input, and then the input. */
    @Override
    void write(DataOutputView out) throws IOException;

    private static JoinInput read(DataInputView in) throws IOException {
        byte kind = in.readByte();
        return switch (kind) {
            case Requested.KIND -> Requested.read(in);
            case Observed.KIND -> Observed.read(in);
            case Rejected.KIND -> new Rejected(StringValue.readString(in));
            case Changed.KIND -> new Changed(in.readLong(), SpecChange.read(in));
            default -> throw new IOException("input of the join: kind " + kind + " (expected: 0 to 3)");
        };
    }

    /** An input that concerns one id. */
    sealed interface Keyed extends JoinInput {
        /** Returns {@code model/id}. */
        String modelKey();

        /** Returns the incarnation of the model by whose specification the record was read. */
        default long incarnation() {
            return JoinState.NO_INCARNATION;
        }

        /** Returns the record as it was read; null if it is a dead letter already. */
        default @Nullable SourceRecord record() {
            return null;
        }
    }

    /**
     * A request of one model.
     *
     * @param request its content is a {@link RequestContent}
     * @param record as it was read, should it be too late
     */
    record Requested(String modelKey, JoinRequest request, long incarnation, SourceRecord record) implements Keyed {
        private static final byte KIND = 0;

        @Override
        public void write(DataOutputView out) throws IOException {
            out.writeByte(KIND);
            StringValue.writeString(modelKey, out);
            out.writeLong(request.time());
            out.writeBoolean(request.exposed());
            FlatArrays.writeBytes(request.content(), out);
            out.writeLong(incarnation);
            record.write(out);
        }

        private static Requested read(DataInputView in) throws IOException {
            String key = StringValue.readString(in);
            JoinRequest request = new JoinRequest(in.readLong(), in.readBoolean(), FlatArrays.readBytes(in));
            return new Requested(key, request, in.readLong(), SourceRecord.read(in));
        }
    }

    /**
     * An outcome for one model.
     *
     * @param outcome without content
     * @param record as it was read, should it not be joined
     */
    record Observed(String modelKey, JoinOutcome outcome, long incarnation, SourceRecord record) implements Keyed {
        private static final byte KIND = 1;

        @Override
        public void write(DataOutputView out) throws IOException {
            out.writeByte(KIND);
            StringValue.writeString(modelKey, out);
            out.writeLong(outcome.time());
            out.writeDouble(outcome.value());
            StringValue.writeString(outcome.outcomeId(), out);
            out.writeBoolean(outcome.exposed());
            out.writeLong(incarnation);
            record.write(out);
        }

        private static Observed read(DataInputView in) throws IOException {
            String key = StringValue.readString(in);
            long time = in.readLong();
            double value = in.readDouble();
            String outcomeId = StringValue.readString(in);
            boolean exposed = in.readBoolean();
            long incarnation = in.readLong();
            SourceRecord record = SourceRecord.read(in);
            JoinOutcome outcome =
                    new JoinOutcome(time, record.partition(), record.offset(), value, outcomeId, exposed, null);
            return new Observed(key, outcome, incarnation, record);
        }
    }

    /**
     * A record that became a dead letter for one model.
     *
     * @param modelKey of no id
     */
    record Rejected(String modelKey) implements Keyed {
        private static final byte KIND = 2;

        @Override
        public void write(DataOutputView out) throws IOException {
            out.writeByte(KIND);
            StringValue.writeString(modelKey, out);
        }
    }

    /**
     * A change of a specification that was accepted, which every subtask receives from each decoder.
     *
     * @param offset in the models topic, by which repetitions are found
     */
    record Changed(long offset, SpecChange change) implements JoinInput {
        private static final byte KIND = 3;

        @Override
        public void write(DataOutputView out) throws IOException {
            out.writeByte(KIND);
            out.writeLong(offset);
            change.write(out);
        }
    }
}
