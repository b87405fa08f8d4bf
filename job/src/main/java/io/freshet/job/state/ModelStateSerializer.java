package io.freshet.job.state;

import io.freshet.job.record.ValueSerializer;
import io.freshet.job.record.ZeroRuns;
import io.freshet.learning.learner.FieldCodec;
import io.freshet.learning.learner.LearnerStateCodec;
import io.freshet.learning.spec.PublishSpec.Lane;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.jspecify.annotations.Nullable;

/**
 * Serializes model states: a version byte, then every field, with runs of zeros compressed. Every released version stays
 * readable, so that any release resumes from a savepoint of any earlier one.
 */
public final class ModelStateSerializer extends ValueSerializer<ModelState> {
    private static final long serialVersionUID = 1;
    private static final byte VERSION = 1;
    private static final byte NO_LANE = 0;
    private static final byte EAGER = 1;
    private static final byte COMMITTED = 2;

    private transient @Nullable ZeroRuns zeroRuns;

    private ZeroRuns zeroRuns() {
        ZeroRuns current = zeroRuns;
        if (current == null) {
            current = new ZeroRuns();
            zeroRuns = current;
        }
        return current;
    }

    /** Returns a serializer with buffers of its own, because a serializer is used by one thread at a time. */
    @Override
    public ModelStateSerializer duplicate() {
        return new ModelStateSerializer();
    }

    @Override
    public boolean isImmutableType() {
        return false;
    }

    @Override
    public ModelState copy(ModelState from) {
        return from.copy();
    }

    @Override
    public ModelState copy(ModelState from, ModelState reuse) {
        return from.copy();
    }

    @Override
    public void serialize(ModelState state, DataOutputView out) throws IOException {
        out.writeByte(VERSION);
        zeroRuns().write(state, ModelStateSerializer::write, out);
    }

    private static void write(ModelState state, DataOutput out) throws IOException {
        out.writeUTF(state.stateHash());
        write(state.published(), out);
        out.writeBoolean(state.hasPublishTimer());
        state.activity().write(out);
        LearnerStateCodec.write(state.learner(), out);
    }

    @Override
    public ModelState deserialize(DataInputView in) throws IOException {
        FieldCodec.readVersion("model state", VERSION, in);
        return zeroRuns().read(ModelStateSerializer::read, in);
    }

    private static ModelState read(DataInput in) throws IOException {
        // Millions of keys have the same few hashes.
        String stateHash = in.readUTF().intern();
        PublishProgress published = readPublished(in);
        long publishTimer = in.readBoolean() ? ModelState.UNKNOWN_TIMER : ModelState.NO_TIMER;
        Activity activity = Activity.read(in);
        return new ModelState(stateHash, LearnerStateCodec.read(in), published, publishTimer, activity);
    }

    private static void write(PublishProgress published, DataOutput out) throws IOException {
        out.writeLong(published.version());
        out.writeByte(published.lane() == null ? NO_LANE : laneCode(published.lane()));
        out.writeInt(published.blocks());
        out.writeInt(published.sinceFull());
        out.writeInt(published.leftBlocks());
    }

    private static PublishProgress readPublished(DataInput in) throws IOException {
        return new PublishProgress(in.readLong(), lane(in.readByte()), in.readInt(), in.readInt(), in.readInt());
    }

    private static byte laneCode(Lane lane) {
        return switch (lane) {
            case EAGER -> EAGER;
            case COMMITTED -> COMMITTED;
        };
    }

    private static @Nullable Lane lane(byte code) throws IOException {
        return switch (code) {
            case NO_LANE -> null;
            case EAGER -> Lane.EAGER;
            case COMMITTED -> Lane.COMMITTED;
            default -> throw new IOException("model state: lane " + code + " (expected: 0 to 2)");
        };
    }

    @Override
    public TypeSerializerSnapshot<ModelState> snapshotConfiguration() {
        return new Snapshot();
    }

    /** Names the serializer in a checkpoint; never rename it. */
    public static final class Snapshot extends SimpleTypeSerializerSnapshot<ModelState> {
        public Snapshot() {
            super(ModelStateSerializer::new);
        }
    }
}
