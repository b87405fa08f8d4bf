package io.freshet.server.predict;

import io.freshet.learning.spec.ModelSpec;
import io.freshet.learning.yaml.NameSuggestion;
import io.freshet.schemas.topic.ParameterKey;
import io.freshet.server.request.Excerpt;
import io.freshet.server.request.InferRequest;
import io.freshet.server.request.RequestException;
import io.freshet.server.store.ParameterSet;
import io.freshet.server.store.ServedModel;
import io.freshet.server.store.ServedSpec;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Runs inference requests.
 *
 * <p>All rows of a model without a key use one parameter set; each row of a keyed model uses the set of its key. A
 * request looks its sets up once, before it encodes any row, so a concurrent swap does not affect it.
 */
public final class Inference {
    /**
     * Limit on the numbers in a response: rows times K, times the specification's steps for a sequence. One row is
     * always allowed.
     */
    private static final int MAXIMUM_PREDICTIONS = 1_000_000;

    private Inference() {}

    /**
     * Returns the response to a request.
     *
     * @param version requested version, or null for the live one
     * @throws RequestException if the request does not fit the model, or a key or the version is not served
     */
    public static InferResponse infer(ServedModel model, @Nullable String version, InferRequest request)
            throws RequestException {
        ServedSpec newest = model.spec();
        List<ParameterSet> sets = newest.isKeyed()
                ? keyedSets(model, newest.spec(), request, version)
                : List.of(VersionLookup.require(model, "", version));
        ServedSpec spec = sets.get(0).served();
        checkSize(spec.spec(), request.rows());
        List<Output> outputs = requestedOutputs(request.outputs(), Output.of(spec), model.name());

        // By hash, because ModelSpec.hashCode visits the whole specification and a keyed model has a set per row.
        Map<String, ModelSpec> specs = new LinkedHashMap<>();
        if (newest.isKeyed()) {
            specs.put(newest.hash(), newest.spec());
        }
        sets.forEach(set -> specs.putIfAbsent(set.served().hash(), set.served().spec()));
        ModelInputs.check(request.inputs(), model.name(), specs.values());
        float[][] predictions = BatchPredictor.of(request, sets);
        int longest = 0;
        for (float[] prediction : predictions) {
            longest = Math.max(longest, prediction.length);
        }
        return new InferResponse(
                request.id(), spec, sets, predictions, longest / spec.spec().outputs(), outputs);
    }

    private static void checkSize(ModelSpec spec, int rows) throws RequestException {
        int maximumRows = Math.max(1, MAXIMUM_PREDICTIONS / spec.logitCount());
        if (rows > maximumRows) {
            int steps = spec.model().steps();
            String unit = spec.loss().task().hasClasses() ? " classes" : " outputs";
            throw RequestException.bad(
                    "rows",
                    rows,
                    "up to " + maximumRows + " for " + (steps > 0 ? steps + " steps of " : "") + spec.outputs() + unit);
        }
    }

    private static List<ParameterSet> keyedSets(
            ServedModel model, ModelSpec spec, InferRequest request, @Nullable String version) throws RequestException {
        String field = String.valueOf(spec.key());
        if (request.inputs().stream().noneMatch(input -> input.name().equals(field))) {
            // Reports a misspelled key field as an unknown input, with a suggestion, rather than as missing.
            ModelInputs.check(request.inputs(), model.name(), List.of(spec));
        }
        String[] keys = RowEncoder.keys(request.inputs(), field);
        // Rows with the same key use the same version, even if a swap happens in between.
        Map<String, ParameterSet> byKey = new HashMap<>();
        List<ParameterSet> sets = new ArrayList<>(request.rows());
        for (int row = 0; row < request.rows(); row++) {
            ParameterSet set = byKey.get(keys[row]);
            if (set == null) {
                checkKey(field, keys[row]);
                set = VersionLookup.require(model, keys[row], version);
                byKey.put(keys[row], set);
            }
            sets.add(set);
        }
        return sets;
    }

    /** Rejects a key that no sample can have as invalid (400); a valid key that is not served is not found (404). */
    private static void checkKey(String field, String key) throws RequestException {
        int length = key.getBytes(StandardCharsets.UTF_8).length;
        if (!ParameterKey.isKeyLength(length)) {
            throw RequestException.bad(field, "a text of " + length + " bytes", ParameterKey.EXPECTED_KEY);
        }
    }

    private static List<Output> requestedOutputs(List<String> names, List<Output> all, String model)
            throws RequestException {
        if (names.isEmpty()) {
            return all;
        }
        List<Output> requested = new ArrayList<>();
        List<String> labels = all.stream().map(Output::label).toList();
        for (String name : names) {
            int index = labels.indexOf(name);
            if (index < 0) {
                throw RequestException.bad(
                        "outputs",
                        Excerpt.name(name),
                        NameSuggestion.of(name, labels)
                                .map(label -> label + "?")
                                .orElse("an output of model " + model + ": " + Excerpt.names(labels)));
            }
            if (requested.contains(all.get(index))) {
                throw RequestException.bad("outputs", name + " twice", "each output once");
            }
            requested.add(all.get(index));
        }
        return requested;
    }
}
