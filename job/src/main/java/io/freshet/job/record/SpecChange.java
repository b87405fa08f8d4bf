package io.freshet.job.record;

import io.freshet.learning.learner.FlatArrays;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.snapshot.WarmStartCodec;
import java.io.IOException;
import java.io.Serializable;
import java.util.Arrays;
import java.util.Objects;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.apache.flink.types.StringValue;
import org.jspecify.annotations.Nullable;

/** A record of the models topic. Crosses edges of the job graph, and is never part of a checkpoint. */
public sealed interface SpecChange extends TrainerInput, Serializable {
    /** Returns the name of the model. */
    String name();

    default boolean isDeletion() {
        return false;
    }

    /** Writes the kind of the change, and then the change. */
    void write(DataOutputView out) throws IOException;

    static Applied applied(ModelSpec spec) {
        return new Applied(spec.name(), spec.toYaml());
    }

    static Deleted deleted(String name) {
        return new Deleted(name);
    }

    static WarmStartPart part(WarmStartCodec.Part part) {
        return new WarmStartPart(part.model(), part.checksum(), part.index(), part.bytes());
    }

    static SpecChange read(DataInputView in) throws IOException {
        byte kind = in.readByte();
        String name = StringValue.readString(in);
        return switch (kind) {
            case Applied.KIND -> new Applied(name, StringValue.readString(in));
            case Deleted.KIND -> new Deleted(name);
            case WarmStartPart.KIND -> WarmStartPart.read(name, in);
            default -> throw new IOException("change of a specification: kind " + kind + " (expected: 0 to 2)");
        };
    }

    /**
     * An applied specification.
     *
     * @param yaml the effective specification
     */
    record Applied(String name, String yaml) implements SpecChange {
        private static final long serialVersionUID = 1;
        private static final byte KIND = 0;

        public ModelSpec spec() {
            return ModelSpec.parse(yaml);
        }

        @Override
        public void write(DataOutputView out) throws IOException {
            out.writeByte(KIND);
            StringValue.writeString(name, out);
            StringValue.writeString(yaml, out);
        }
    }

    /** A deleted model. */
    record Deleted(String name) implements SpecChange {
        private static final long serialVersionUID = 1;
        private static final byte KIND = 1;

        @Override
        public boolean isDeletion() {
            return true;
        }

        @Override
        public void write(DataOutputView out) throws IOException {
            out.writeByte(KIND);
            StringValue.writeString(name, out);
        }
    }

    /**
     * A part of the warm-start parameters that a specification will name.
     *
     * @param checksum of all parameters
     * @param index of the part, from 0
     */
    record WarmStartPart(String name, String checksum, int index, byte[] part) implements SpecChange {
        private static final long serialVersionUID = 1;
        private static final byte KIND = 2;

        @Override
        public void write(DataOutputView out) throws IOException {
            out.writeByte(KIND);
            StringValue.writeString(name, out);
            StringValue.writeString(checksum, out);
            out.writeInt(index);
            FlatArrays.writeBytes(part, out);
        }

        private static WarmStartPart read(String name, DataInputView in) throws IOException {
            return new WarmStartPart(name, StringValue.readString(in), in.readInt(), FlatArrays.readBytes(in));
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof WarmStartPart that
                    && name.equals(that.name)
                    && checksum.equals(that.checksum)
                    && index == that.index
                    && Arrays.equals(part, that.part);
        }

        @Override
        public int hashCode() {
            return Objects.hash(name, checksum, index);
        }
    }
}
