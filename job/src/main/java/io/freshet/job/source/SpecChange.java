package io.freshet.job.source;

import io.freshet.learning.spec.ModelSpec;
import java.io.Serializable;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A model's specification that was applied or deleted. A plain object in Flink's sense: mutable, public, no generics. */
public final class SpecChange implements Serializable {
    private static final long serialVersionUID = 1;

    /** Name of the model. */
    public String name = "";

    /** The effective specification as YAML; "" if the model was deleted. */
    public String yaml = "";

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

    /** Returns the specification that was applied. */
    public ModelSpec spec() {
        return ModelSpec.parse(yaml);
    }

    public boolean isDeletion() {
        return yaml.isEmpty();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof SpecChange that && name.equals(that.name) && yaml.equals(that.yaml);
    }

    @Override
    public int hashCode() {
        return Objects.hash(name, yaml);
    }

    @Override
    public String toString() {
        return isDeletion() ? "delete " + name : "apply " + name;
    }
}
