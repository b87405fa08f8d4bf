package io.freshet.job.learn;

import io.freshet.learning.learner.LearnerStateCodec;
import java.io.IOException;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.base.TypeSerializerSingleton;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.jspecify.annotations.Nullable;

/**
 * Model states in checkpoints: a version byte, then every field. Every version ever written stays readable, so that a
 * savepoint of any release resumes in any later one.
 */
public final class ModelStateSerializer extends TypeSerializerSingleton<ModelState> {
    private static final long serialVersionUID = 1;
    private static final byte VERSION = 1;

    @Override
    public boolean isImmutableType() {
        return false;
    }

    @Override
    public @Nullable ModelState createInstance() {
        return null;
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
    public int getLength() {
        return -1;
    }

    @Override
    public void serialize(ModelState state, DataOutputView out) throws IOException {
        out.writeByte(VERSION);
        out.writeUTF(state.stateHash());
        out.writeLong(state.published());
        out.writeInt(state.publishedParameters());
        out.writeBoolean(state.publishTimer());
        state.life().write(out);
        LearnerStateCodec.write(state.learner(), out);
    }

    @Override
    public ModelState deserialize(DataInputView in) throws IOException {
        byte version = in.readByte();
        if (version != VERSION) {
            throw new IOException("model state: version " + version + " (expected: 1 to " + VERSION + ")");
        }
        String stateHash = in.readUTF();
        long published = in.readLong();
        int publishedParameters = in.readInt();
        boolean publishTimer = in.readBoolean();
        Life life = Life.read(in);
        return new ModelState(
                stateHash, LearnerStateCodec.read(in), published, publishedParameters, publishTimer, life);
    }

    @Override
    public ModelState deserialize(ModelState reuse, DataInputView in) throws IOException {
        return deserialize(in);
    }

    @Override
    public void copy(DataInputView in, DataOutputView out) throws IOException {
        serialize(deserialize(in), out);
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
