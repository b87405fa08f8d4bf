package io.freshet.server.predict;

import io.freshet.learning.features.RowLayout;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.learning.yaml.NameSuggestion;
import io.freshet.server.request.Excerpt;
import io.freshet.server.request.InputTensor;
import io.freshet.server.request.RequestException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The inputs of a model: its numbers, its texts, its vectors; neither label nor weight. */
final class ModelInputs {
    /**
     * An input that may be left out: how many steps count of each row, where the model has no field that says so. Sequences
     * of one request come in one tensor, so that shorter ones have to be padded.
     */
    static final String STEPS = "steps";

    private ModelInputs() {}

    static List<String> of(ModelSpec spec) {
        Set<String> names = new LinkedHashSet<>(spec.inputNumberFields());
        names.addAll(spec.inputTextFields());
        spec.features().dense().forEach(vector -> names.add(RowLayout.wireName(vector.field())));
        return new ArrayList<>(names);
    }

    /** Whether {@link #STEPS} may come with a request. */
    static boolean takesSteps(ModelSpec spec) {
        return spec.model().steps() > 0
                && spec.features().length() == null
                && !spec.features().dense().isEmpty()
                && !of(spec).contains(STEPS);
    }

    static boolean hasSteps(List<InputTensor> inputs) {
        return inputs.stream().anyMatch(input -> input.name().equals(STEPS));
    }

    /** @throws RequestException if an input is none of {@code specs}' fields, or stands twice */
    static void check(List<InputTensor> inputs, String model, Collection<ModelSpec> specs) throws RequestException {
        Set<String> fields = new LinkedHashSet<>();
        for (ModelSpec spec : specs) {
            fields.addAll(of(spec));
            if (takesSteps(spec)) {
                fields.add(STEPS);
            }
        }
        Set<String> seen = new HashSet<>();
        for (InputTensor input : inputs) {
            String name = input.name();
            if (!fields.contains(name)) {
                Optional<String> near = NameSuggestion.of(name, fields);
                throw RequestException.bad(
                        "inputs",
                        Excerpt.name(name),
                        near.map(field -> field + "; did you mean that?")
                                .orElse("the fields of model " + model + ": " + Excerpt.names(fields)));
            }
            // A field may be a number to one feature and a category to another: then it comes as two tensors.
            if (!seen.add(input.datatype().isText() + name)) {
                throw RequestException.bad("inputs", Excerpt.name(name) + " twice", "each field once");
            }
        }
    }
}
