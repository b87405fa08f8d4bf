package io.freshet.job.record;

import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.spec.WarmStartCodec;
import java.io.Serializable;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A record of the models topic: an applied specification, a deletion, or a part of the warm-start parameters that a
 * specification will name. A POJO as Flink defines it: mutable, with public fields and no generics.
 */
public final class SpecChange implements Serializable {
    private static final long serialVersionUID = 1;

    /** Name of the model. */
    public String name = "";

    /** The effective specification as YAML; "" for a deletion or a part. */
    public String yaml = "";

    /** Checksum of the warm-start parameters that this is a part of; "" if it is not a part. */
    public String checksum = "";

    /** Number of the part, from 0. */
    public int index;

    /** Bytes of the part. */
    public byte[] part = {};

    public static SpecChange applied(ModelSpec spec) {
        SpecChange change = new SpecChange();
        change.name = spec.name();
        change.yaml = spec.toYaml();
        return change;
    }

    public static SpecChange deleted(String name) {
        SpecChange change = new SpecChange();
        change.name = name;
        return change;
    }

    public static SpecChange part(WarmStartCodec.Part part) {
        SpecChange change = new SpecChange();
        change.name = part.model();
        change.checksum = part.checksum();
        change.index = part.index();
        change.part = part.bytes();
        return change;
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
