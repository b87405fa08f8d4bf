package io.freshet.job.record;

import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.spec.WarmStartCodec;
import java.io.IOException;
import java.io.Serializable;
import java.util.Arrays;
import java.util.Objects;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.apache.flink.types.StringValue;
import org.jspecify.annotations.Nullable;

/**
 * A record of the models topic: an applied specification, a deletion, or a part of the warm-start parameters that a
 * specification will name.
 *
 * @param name of the model
 * @param yaml the effective specification; "" for a deletion or a part
 * @param checksum of the warm-start parameters that this is a part of; "" if it is not a part
 * @param index of the part, from 0
 * @param part bytes of the part
 */
public record SpecChange(String name, String yaml, String checksum, int index, byte[] part)
        implements TrainerInput, LearnInput, Serializable {
    private static final long serialVersionUID = 1;
    private static final byte[] NO_PART = {};

    public static SpecChange applied(ModelSpec spec) {
        return new SpecChange(spec.name(), spec.toYaml(), "", 0, NO_PART);
    }

    public static SpecChange deleted(String name) {
        return new SpecChange(name, "", "", 0, NO_PART);
    }

    public static SpecChange part(WarmStartCodec.Part part) {
        return new SpecChange(part.model(), "", part.checksum(), part.index(), part.bytes());
    }

    /** Returns the applied specification. */
    public ModelSpec spec() {
        return ModelSpec.parse(yaml);
    }

    public boolean isDeletion() {
        return yaml.isEmpty() && !isPart();
    }

    public boolean isPart() {
        return !checksum.isEmpty();
    }

    void write(DataOutputView out) throws IOException {
        StringValue.writeString(name, out);
        StringValue.writeString(yaml, out);
        StringValue.writeString(checksum, out);
        out.writeInt(index);
        out.writeInt(part.length);
        out.write(part);
    }

    static SpecChange read(DataInputView in) throws IOException {
        String name = StringValue.readString(in);
        String yaml = StringValue.readString(in);
        String checksum = StringValue.readString(in);
        int index = in.readInt();
        byte[] part = new byte[in.readInt()];
        in.readFully(part);
        return new SpecChange(name, yaml, checksum, index, part);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof SpecChange that
                && name.equals(that.name)
                && yaml.equals(that.yaml)
                && checksum.equals(that.checksum)
                && index == that.index
                && Arrays.equals(part, that.part);
    }

    @Override
    public int hashCode() {
        return Objects.hash(name, yaml, checksum, index);
    }

    @Override
    public String toString() {
        if (isPart()) {
            return "part " + index + " of " + checksum + " for " + name;
        }
        return isDeletion() ? "delete " + name : "apply " + name;
    }
}
