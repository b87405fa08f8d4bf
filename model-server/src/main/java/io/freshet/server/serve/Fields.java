package io.freshet.server.serve;

import io.freshet.learning.spec.ModelSpec;
import io.freshet.learning.spec.Nearest;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The inputs of a model: its number features, then its text fields; neither label nor weight. */
final class Fields {
    private Fields() {}

    static List<String> of(ModelSpec spec) {
        Set<String> names = new LinkedHashSet<>(spec.features().numeric());
        names.addAll(spec.textFields());
        return new ArrayList<>(names);
    }

    /** @throws RequestException if an input is none of {@code specs}' fields, or stands twice */
    static void check(List<InputTensor> inputs, String model, List<ModelSpec> specs) throws RequestException {
        Set<String> fields = new LinkedHashSet<>();
        specs.forEach(spec -> fields.addAll(of(spec)));
        Set<String> seen = new HashSet<>();
        for (InputTensor input : inputs) {
            String name = input.name();
            if (!fields.contains(name)) {
                Optional<String> near = Nearest.of(name, fields);
                throw RequestException.bad(
                        "inputs",
                        Shown.name(name),
                        near.map(field -> field + "; did you mean that?")
                                .orElse("the fields of model " + model + ": " + Shown.names(fields)));
            }
            // A field may be a number to one feature and a category to another: then it comes as two tensors.
            if (!seen.add(input.datatype().text() + name)) {
                throw RequestException.bad("inputs", Shown.name(name) + " twice", "each field once");
            }
        }
    }
}
