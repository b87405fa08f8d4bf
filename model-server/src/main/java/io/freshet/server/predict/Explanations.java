package io.freshet.server.predict;

import io.freshet.learning.features.InvalidSampleException;
import io.freshet.learning.features.Sample;
import io.freshet.learning.predict.Explainer;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.server.request.InferRequest;
import io.freshet.server.request.RequestException;
import io.freshet.server.store.ParameterSet;
import io.freshet.server.store.ServedSpec;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Explains the predictions of a request: see {@link Explainer}. */
final class Explanations {
    /** Limits the memory of a response: rows times explained logits times features. */
    private static final int MAXIMUM_CONTRIBUTIONS = 100_000;

    /** Encodes and explains the rows of one specification. */
    private record Explaining(RowEncoder encoder, Explainer explainer) {
        static Explaining of(ServedSpec served, InferRequest request) throws RequestException {
            return new Explaining(
                    new RowEncoder(served, request.inputs()), new Explainer(served.shape(), served.layout()));
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
            explanations.add(explain(explaining, set, row));
        }
        return explanations;
    }

    private static List<Map<String, Double>> explain(Explaining explaining, ParameterSet set, int row)
            throws RequestException {
        Sample sample = explaining.encoder.sample(row);
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
