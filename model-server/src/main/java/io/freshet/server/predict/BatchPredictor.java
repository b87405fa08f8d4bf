package io.freshet.server.predict;

import io.freshet.learning.features.Sample;
import io.freshet.learning.network.Network;
import io.freshet.server.request.InferRequest;
import io.freshet.server.request.InputTensor;
import io.freshet.server.request.RequestException;
import io.freshet.server.store.ParameterSet;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Encodes the rows of a request and predicts them, those of one set together, up to 256 at a time. A network then
 * multiplies
 * matrices; a single row is limited by reading the parameters.
 */
final class BatchPredictor {
    private final List<InputTensor> inputs;
    private final Map<String, RowEncoder> columns = new LinkedHashMap<>();
    private final Map<String, Group> groups = new LinkedHashMap<>();
    private final float[][] predictions;

    /** Rows of one set that wait to be predicted. */
    private record Group(ParameterSet set, List<Integer> rows, List<Sample> samples) {}

    private BatchPredictor(InferRequest request) {
        inputs = request.inputs();
        predictions = new float[request.rows()][];
    }

    /**
     * Returns the prediction of each row.
     *
     * @param sets one for all rows, or one for each, the same for rows of the same key
     * @throws RequestException if a row cannot be encoded, or its prediction is not finite
     */
    static float[][] of(InferRequest request, List<ParameterSet> sets) throws RequestException {
        BatchPredictor rows = new BatchPredictor(request);
        for (int row = 0; row < request.rows(); row++) {
            rows.add(row, sets.get(sets.size() == 1 ? 0 : row));
        }
        for (Group group : rows.groups.values()) {
            rows.predict(group);
        }
        return rows.predictions;
    }

    private void add(int row, ParameterSet set) throws RequestException {
        RowEncoder bound = columns.get(set.served().hash());
        if (bound == null) {
            bound = new RowEncoder(set.served(), inputs);
            columns.put(set.served().hash(), bound);
        }
        Group group = groups.computeIfAbsent(
                set.snapshot().key(), key -> new Group(set, new ArrayList<>(), new ArrayList<>()));
        group.rows.add(row);
        group.samples.add(bound.sample(row));
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
                            "row " + row, "the prediction is " + number, "numbers that the parameters can bear");
                }
            }
            predictions[row] = results[i];
        }
        group.rows.clear();
        group.samples.clear();
    }
}
