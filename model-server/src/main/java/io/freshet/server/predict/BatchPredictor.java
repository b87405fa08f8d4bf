package io.freshet.server.predict;

import io.freshet.learning.features.Sample;
import io.freshet.learning.model.Network;
import io.freshet.server.body.RequestException;
import io.freshet.server.request.InferRequest;
import io.freshet.server.request.InputTensor;
import io.freshet.server.store.ParameterSet;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Encodes the rows of a request and predicts them in batches of up to 256 rows with the same parameter set.
 *
 * <p>A batch turns the layers of a neural network into matrix products; a single row is limited by reading the
 * parameters.
 */
final class BatchPredictor {
    private static final float[] NONE = {};

    private final List<InputTensor> inputs;
    private final Map<String, InputEncoder> encoders = new LinkedHashMap<>();
    private final Map<ParameterSet, Group> groups = new LinkedHashMap<>();
    private final float[][] predictions;

    /** Encoded rows of one parameter set that are not predicted yet. */
    private record Group(ParameterSet set, List<Integer> rows, List<Sample> samples) {}

    private BatchPredictor(InferRequest request) {
        inputs = request.inputs();
        predictions = new float[request.rows()][];
    }

    /**
     * Returns the prediction of each row.
     *
     * @param sources one for all rows, or one per row; rows with the same key share one. A row without a parameter set has an
     *     empty prediction
     * @throws RequestException if a row cannot be encoded, or its prediction is not finite
     */
    static float[][] of(InferRequest request, List<RowSource> sources) throws RequestException {
        BatchPredictor predictor = new BatchPredictor(request);
        for (int row = 0; row < request.rows(); row++) {
            ParameterSet set = sources.get(sources.size() == 1 ? 0 : row).set();
            if (set == null) {
                predictor.predictions[row] = NONE;
            } else {
                predictor.add(row, set);
            }
        }
        for (Group group : predictor.groups.values()) {
            predictor.predict(group);
        }
        return predictor.predictions;
    }

    private void add(int row, ParameterSet set) throws RequestException {
        InputEncoder encoder = encoders.get(set.served().hash());
        if (encoder == null) {
            encoder = new InputEncoder(set.served(), inputs);
            encoders.put(set.served().hash(), encoder);
        }
        Group group = groups.computeIfAbsent(set, key -> new Group(set, new ArrayList<>(), new ArrayList<>()));
        group.rows.add(row);
        group.samples.add(encoder.sample(row));
        if (group.rows.size() == Network.MAXIMUM_SAMPLES) {
            predict(group);
        }
    }

    private void predict(Group group) throws RequestException {
        float[][] results = group.set.predictor().predict(group.samples);
        for (int i = 0; i < results.length; i++) {
            int row = group.rows.get(i);
            for (float number : results[i]) {
                if (!Float.isFinite(number)) {
                    throw RequestException.bad(
                            "row " + row + ": prediction", number, "finite; the inputs may be too large");
                }
            }
            predictions[row] = results[i];
        }
        group.rows.clear();
        group.samples.clear();
    }
}
