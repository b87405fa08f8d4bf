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

/** The input names of a model: number, text, and vector fields, and the key; not the label, weight, or id. */
final class ModelInputs {
    /**
     * The optional input with the number of valid steps per row, for sequence models without {@code features.length}.
     * All sequences of a request are in one tensor, so shorter ones are padded.
     */
    static final String STEPS = "steps";

    private ModelInputs() {}

    static List<String> of(ModelSpec spec) {
        Set<String> names = new LinkedHashSet<>(spec.inputNumberFields());
        names.addAll(spec.inputTextFields());
        spec.features().dense().forEach(vector -> names.add(RowLayout.wireName(vector.field())));
        return new ArrayList<>(names);
    }

    /** Returns whether a request may include {@link #STEPS}. */
    static boolean takesSteps(ModelSpec spec) {
        return spec.model().steps() > 0
                && spec.features().length() == null
                && !spec.features().dense().isEmpty()
                && !of(spec).contains(STEPS);
    }

    static boolean hasSteps(List<InputTensor> inputs) {
        return inputs.stream().anyMatch(input -> input.name().equals(STEPS));
    }

    /** @throws RequestException if an input is not a field of any of {@code specs}, or is repeated */
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
            if (!fields.contains(name) && name.equals(RowIds.INPUT)) {
                RowIds.column(input);
            } else if (!fields.contains(name)) {
                Optional<String> nearest = NameSuggestion.of(name, fields);
                throw RequestException.bad(
                        "inputs",
                        Excerpt.name(name),
                        nearest.map(field -> field + "?")
                                .orElse("a field of model " + model + ": " + Excerpt.names(fields)));
            }
            // A field that is both a numeric and a categorical feature is sent as two tensors.
            if (!seen.add(input.datatype().isText() + name)) {
                throw RequestException.bad("inputs", Excerpt.name(name) + " twice", "each field once");
            }
        }
    }
}
