package io.freshet.server.serve;

import io.freshet.learning.spec.ModelSpec;
import io.freshet.learning.spec.Nearest;
import io.freshet.server.store.ServedModel;
import io.freshet.server.store.ServedSet;
import io.freshet.server.store.ServedSpec;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Answers requests: takes the sets once, then encodes and predicts row by row, so that a swap meanwhile changes nothing.
 *
 * <p>A model without keys answers all rows from one set; one with keys, each row from the set of its key.
 */
final class Inference {
    /** Numbers in an answer: rows times classes. */
    private static final int MAXIMUM_PREDICTIONS = 1_000_000;

    private Inference() {}

    /**
     * Returns the answer.
     *
     * @param version that the request asks for, or null for the one that is live
     * @throws RequestException if the request does not fit the model, or a key or the version is not there
     */
    static Answer answer(ServedModel model, @Nullable String version, InferRequest request) throws RequestException {
        ServedSpec newest = model.spec();
        List<ServedSet> sets = newest.keyed()
                ? keyedSets(model, newest.spec(), request, version)
                : List.of(Versions.require(model, "", version));
        ServedSpec spec = sets.get(0).served();
        int outputs = spec.spec().outputs();
        if ((long) request.rows() * outputs > MAXIMUM_PREDICTIONS) {
            throw RequestException.bad(
                    "rows", request.rows(), "up to " + MAXIMUM_PREDICTIONS / outputs + " for " + outputs + " classes");
        }
        List<Output> wanted = wanted(request.outputs(), Output.of(spec), model.name());
        float[] predictions = predict(model, newest, sets, request);
        return new Answer(request.id(), spec, sets, request.rows(), predictions, wanted);
    }

    private static float[] predict(ServedModel model, ServedSpec newest, List<ServedSet> sets, InferRequest request)
            throws RequestException {
        List<ModelSpec> specs = new ArrayList<>();
        if (newest.keyed()) {
            specs.add(newest.spec());
        }
        sets.stream().map(set -> set.served().spec()).distinct().forEach(specs::add);
        Fields.check(request.inputs(), model.name(), specs);

        Map<String, Columns> columns = new LinkedHashMap<>();
        int outputs = sets.get(0).served().spec().outputs();
        float[] predictions = new float[request.rows() * outputs];
        for (int row = 0; row < request.rows(); row++) {
            ServedSet set = sets.get(sets.size() == 1 ? 0 : row);
            Columns of = columns.get(set.served().hash());
            if (of == null) {
                of = new Columns(set.served(), request.inputs());
                columns.put(set.served().hash(), of);
            }
            float[] prediction = set.predictor().predict(of.sample(row));
            for (float number : prediction) {
                if (!Float.isFinite(number)) {
                    throw RequestException.bad(
                            "row " + row, "the prediction is " + number, "numbers that the parameters can bear");
                }
            }
            System.arraycopy(prediction, 0, predictions, row * outputs, outputs);
        }
        return predictions;
    }

    private static List<ServedSet> keyedSets(
            ServedModel model, ModelSpec spec, InferRequest request, @Nullable String version) throws RequestException {
        String field = String.valueOf(spec.key());
        if (request.inputs().stream().noneMatch(input -> input.name().equals(field))) {
            // The key's name may be misspelt: that is the better thing to say.
            Fields.check(request.inputs(), model.name(), List.of(spec));
        }
        String[] keys = Columns.texts(request.inputs(), field);
        List<ServedSet> sets = new ArrayList<>(request.rows());
        for (int row = 0; row < request.rows(); row++) {
            sets.add(Versions.require(model, keys[row], version));
        }
        return sets;
    }

    private static List<Output> wanted(List<String> names, List<Output> all, String model) throws RequestException {
        if (names.isEmpty()) {
            return all;
        }
        List<Output> wanted = new ArrayList<>();
        List<String> labels = all.stream().map(Output::label).toList();
        for (String name : names) {
            int at = labels.indexOf(name);
            if (at < 0) {
                throw RequestException.bad(
                        "outputs",
                        Shown.name(name),
                        Nearest.of(name, labels)
                                .map(label -> label + "; did you mean that?")
                                .orElse("the outputs of model " + model + ": " + Shown.names(labels)));
            }
            if (wanted.contains(all.get(at))) {
                throw RequestException.bad("outputs", name + " twice", "each output once");
            }
            wanted.add(all.get(at));
        }
        return wanted;
    }
}
