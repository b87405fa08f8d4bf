package io.freshet.server.predict;

import io.freshet.server.body.RequestException;
import io.freshet.server.body.RequestExcerpt;
import io.freshet.server.request.InputTensor;
import io.freshet.server.store.RequestFields;
import io.freshet.server.store.ServedSpec;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The inputs of a request, and the fields of the models that it is sent to. */
public final class ModelInputs {
    private ModelInputs() {}

    static boolean hasSteps(List<InputTensor> inputs) {
        return inputs.stream().anyMatch(input -> input.name().equals(RequestFields.STEPS));
    }

    /**
     * Checks the names of inputs.
     *
     * @param joinFields fields that the join reads by a specification that may not be served yet, or no longer
     * @throws RequestException if an input is not a field of any of {@code specs} or of the join, or is repeated
     */
    public static void check(
            List<InputTensor> inputs, String model, Collection<ServedSpec> specs, Set<String> joinFields)
            throws RequestException {
        Set<String> numbers = new HashSet<>();
        Set<String> texts = new HashSet<>();
        for (InputTensor input : inputs) {
            String name = input.name();
            if (!isField(name, specs)) {
                checkUnread(input, model, specs, joinFields);
            }
            // A field that is both a numeric and a categorical feature is sent as two tensors.
            if (!(input.datatype().isText() ? texts : numbers).add(name)) {
                throw RequestException.bad("inputs", RequestExcerpt.name(name) + " twice", "each field once");
            }
        }
    }

    /** Checks an input that no model reads: an id, a time, or what the join of requests and outcomes needs. */
    private static void checkUnread(
            InputTensor input, String model, Collection<ServedSpec> specs, Set<String> joinFields)
            throws RequestException {
        String name = input.name();
        if (specs.stream().anyMatch(spec -> spec.fields().unread().contains(name))) {
            SampleEncoder.requireColumn(input);
            return;
        }
        switch (name) {
            case RowIds.INPUT -> RowIds.column(input);
            case RowTimes.INPUT -> RowTimes.check(input);
            default -> {
                if (!joinFields.contains(name)) {
                    throw unknown(name, model, specs);
                }
                SampleEncoder.requireColumn(input);
            }
        }
    }

    private static boolean isField(String name, Collection<ServedSpec> specs) {
        for (ServedSpec spec : specs) {
            RequestFields fields = spec.fields();
            if (fields.names().contains(name) || (fields.takesSteps() && name.equals(RequestFields.STEPS))) {
                return true;
            }
        }
        return false;
    }

    private static RequestException unknown(String name, String model, Collection<ServedSpec> specs) {
        Set<String> fields = new LinkedHashSet<>();
        for (ServedSpec spec : specs) {
            fields.addAll(spec.fields().names());
            if (spec.fields().takesSteps()) {
                fields.add(RequestFields.STEPS);
            }
        }
        return unknown("inputs", name, fields, model, specs);
    }

    /**
     * Returns the exception about a name that is not one of {@code known}, which may be that of the label.
     *
     * @param path where the name is
     */
    public static RequestException unknown(
            String path, String name, Collection<String> known, String model, Collection<ServedSpec> specs) {
        return specs.stream().anyMatch(spec -> spec.spec().fields().label().contains(name))
                ? RequestException.bad(
                        path,
                        RequestExcerpt.name(name),
                        "an input of model " + model + "; leave the label out, or use /v2/models/" + model + "/learn")
                : RequestException.unknown(path, name, known, "a field of model " + model);
    }
}
