package io.freshet.server.predict;

import io.freshet.learning.features.InvalidSampleException;
import io.freshet.learning.features.Sample;
import io.freshet.learning.predict.Explainer;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.server.body.RequestException;
import io.freshet.server.request.InferRequest;
import io.freshet.server.store.ParameterSet;
import io.freshet.server.store.ServedSpec;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Explains the predictions of a request: see {@link Explainer}. */
final class Explanations {
    /** Limits the memory of a response: rows times explained logits times features, each word of a text being one. */
    private static final int MAXIMUM_CONTRIBUTIONS = 100_000;
    /** Limits the texts that are repeated for each explained logit after the first, since they are names of features. */
    private static final int MAXIMUM_CHARACTERS = 1 << 20;

    /** Encodes and explains the rows of one specification. */
    private record Explaining(InputEncoder encoder, Explainer explainer, long explained) {
        static Explaining of(ServedSpec served, InferRequest request) throws RequestException {
            long explained = Explainer.explained(served.spec());
            long characters = explained == 1 ? 0 : request.characters();
            if ((explained - 1) * characters > MAXIMUM_CHARACTERS) {
                throw RequestException.bad(
                        "inputs",
                        characters + " characters of text",
                        "with parameters.explain, up to " + MAXIMUM_CHARACTERS / (explained - 1) + " for " + explained
                                + " outputs");
            }
            return new Explaining(
                    new InputEncoder(served, request.inputs()),
                    new Explainer(served.shape(), served.layout()),
                    explained);
        }

        /** Returns how many contributions the row has that was encoded last. */
        long contributions(int row) throws RequestException {
            try {
                return explained * explainer.features(encoder.row());
            } catch (InvalidSampleException e) {
                throw RequestException.bad("row " + row + ": " + e.getMessage());
            }
        }
    }

    private Explanations() {}

    /** @throws RequestException if the predictions of this model cannot be explained, or there are too many */
    static void check(ModelSpec spec, int rows) throws RequestException {
        if (spec.model().steps() > 0) {
            throw RequestException.bad("parameters.explain", true, "false for a model of sequences");
        }
        int features = spec.features().numbers() + spec.features().hashedFields();
        long ofRow = (long) Explainer.explained(spec) * features;
        if (rows * ofRow > MAXIMUM_CONTRIBUTIONS) {
            throw RequestException.bad(
                    "rows",
                    rows,
                    "with parameters.explain, up to " + MAXIMUM_CONTRIBUTIONS / ofRow + " for " + features + " features"
                            + (Explainer.explained(spec) > 1 ? " of " + spec.outputs() + " outputs" : ""));
        }
    }

    /**
     * Returns the contributions of each row, none for a row without a parameter set.
     *
     * @throws RequestException if one is not finite
     */
    static List<List<Map<String, Double>>> of(InferRequest request, List<RowSource> sources) throws RequestException {
        Map<String, Explaining> bySpec = new HashMap<>();
        long contributions = 0;
        List<List<Map<String, Double>>> explanations = new ArrayList<>();
        for (int row = 0; row < request.rows(); row++) {
            ParameterSet set = sources.get(sources.size() == 1 ? 0 : row).set();
            if (set == null) {
                explanations.add(List.of());
                continue;
            }
            Explaining explaining = bySpec.get(set.served().hash());
            if (explaining == null) {
                explaining = Explaining.of(set.served(), request);
                bySpec.put(set.served().hash(), explaining);
            }
            Sample sample = explaining.encoder.sample(row);
            contributions += explaining.contributions(row);
            if (contributions > MAXIMUM_CONTRIBUTIONS) {
                throw RequestException.bad(
                        "row " + row + ": contributions",
                        contributions,
                        "with parameters.explain, up to " + MAXIMUM_CONTRIBUTIONS + " in all rows");
            }
            explanations.add(explain(explaining, set, row, sample));
        }
        return explanations;
    }

    private static List<Map<String, Double>> explain(Explaining explaining, ParameterSet set, int row, Sample sample)
            throws RequestException {
        try {
            List<Map<String, Double>> explained =
                    explaining.explainer.explain(set.snapshot(), sample, explaining.encoder.row());
            for (Map<String, Double> contributions : explained) {
                for (Map.Entry<String, Double> each : contributions.entrySet()) {
                    if (!Double.isFinite(each.getValue())) {
                        throw RequestException.bad(
                                "row " + row + ": contribution of " + each.getKey(),
                                each.getValue(),
                                "finite; the inputs may be too large");
                    }
                }
            }
            return explained;
        } catch (InvalidSampleException e) {
            throw RequestException.bad("row " + row + ": " + e.getMessage());
        }
    }
}
