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
 * Answers requests: takes the sets once, then encodes and predicts, so that a swap meanwhile changes nothing.
 *
 * <p>A model without keys answers all rows from one set; one with keys, each row from the set of its key.
 */
public final class Inference {
    /** Numbers in an answer: rows times classes, times the steps of the longest sequence; one row is always answered. */
    private static final int MAXIMUM_PREDICTIONS = 1_000_000;

    private Inference() {}

    /**
     * Returns the answer.
     *
     * @param version that the request asks for, or null for the one that is live
     * @throws RequestException if the request does not fit the model, or a key or the version is not there
     */
    public static InferResponse infer(ServedModel model, @Nullable String version, InferRequest request)
            throws RequestException {
        ServedSpec newest = model.spec();
        List<ParameterSet> sets = newest.isKeyed()
                ? keyedSets(model, newest.spec(), request, version)
                : List.of(VersionLookup.require(model, "", version));
        ServedSpec spec = sets.get(0).served();
        checkSize(spec.spec(), request.rows());
        List<Output> wanted = wanted(request.outputs(), Output.of(spec), model.name());

        // By hash: a specification's own hash code goes through all of it, for each row of a model with keys.
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
                request.id(), spec, sets, predictions, longest / spec.spec().outputs(), wanted);
    }

    private static void checkSize(ModelSpec spec, int rows) throws RequestException {
        int most = Math.max(1, MAXIMUM_PREDICTIONS / spec.logitCount());
        if (rows > most) {
            int steps = spec.model().steps();
            String what = spec.loss().task().hasClasses() ? " classes" : " outputs";
            throw RequestException.bad(
                    "rows",
                    rows,
                    "up to " + most + " for " + (steps > 0 ? steps + " steps of " : "") + spec.outputs() + what);
        }
    }

    private static List<ParameterSet> keyedSets(
            ServedModel model, ModelSpec spec, InferRequest request, @Nullable String version) throws RequestException {
        String field = String.valueOf(spec.key());
        if (request.inputs().stream().noneMatch(input -> input.name().equals(field))) {
            // The key's name may be misspelt: that is the better thing to say.
            ModelInputs.check(request.inputs(), model.name(), List.of(spec));
        }
        String[] keys = RowEncoder.texts(request.inputs(), field);
        // Rows of one key have one version, even if another is swapped in meanwhile.
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

    /** One that no sample may have is no key that is just not learned yet. */
    private static void checkKey(String field, String key) throws RequestException {
        int length = key.getBytes(StandardCharsets.UTF_8).length;
        if (!ParameterKey.isKeyLength(length)) {
            throw RequestException.bad(field, "a text of " + length + " bytes", ParameterKey.EXPECTED_KEY);
        }
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
                        Excerpt.name(name),
                        NameSuggestion.of(name, labels)
                                .map(label -> label + "; did you mean that?")
                                .orElse("the outputs of model " + model + ": " + Excerpt.names(labels)));
            }
            if (wanted.contains(all.get(at))) {
                throw RequestException.bad("outputs", name + " twice", "each output once");
            }
            wanted.add(all.get(at));
        }
        return wanted;
    }
}
