package io.freshet.learning.predict;

import io.freshet.learning.encode.HashedNames;
import io.freshet.learning.features.InvalidSampleException;
import io.freshet.learning.features.Row;
import io.freshet.learning.features.RowLayout;
import io.freshet.learning.features.Sample;
import io.freshet.learning.loss.Task;
import io.freshet.learning.math.ThreadTeam;
import io.freshet.learning.model.Batch;
import io.freshet.learning.model.Gradient;
import io.freshet.learning.model.Model;
import io.freshet.learning.model.Network;
import io.freshet.learning.spec.ModelSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Explains predictions: how much each feature of a sample contributes to a logit z.
 *
 * <pre>
 *   linear                  c_i = w_i x_i                                      and the bias; they sum to z
 *   factorization machine   c_i = w_i x_i + 1/2 sum_{j != i} (v_i . v_j) x_i x_j   and the bias; they sum to z
 *   networks                c_i = x_i dz/dx_i                                  need not sum to z
 *
 *   c_i = sum over the parameters p that multiply x_i of share(p) * p * dz/dp       which is the same
 * </pre>
 *
 * Of an embedding, x_i is the value that multiplies it, 1 for a category. x_i are the features as the model reads them, so the
 * contribution of a standardized number is relative to its mean. Features that share a row of parameters have one contribution.
 * If the prediction is limited ({@link Clamp}), z is the logit of the limited one, and the limit has a contribution too.
 * Pinned by {@code ExplainerTest}. Not thread-safe.
 */
public final class Explainer {
    /** The name of the bias. */
    public static final String BIAS = "bias";
    /** The name of what a limited prediction's logit differs by. */
    public static final String CLAMP = "clamp";

    private final ModelSpec spec;
    private final Predictor.Shape shape;
    private final Network network;
    private final @Nullable Clamp clamp;
    private final Gradient gradient;
    private final Batch batch;
    private final NetworkState state;
    private final float[] logits;
    private final float[] delta;
    private final List<String> numbers;
    private final HashedNames names;

    /** @param layout of the rows that samples are encoded from; of a model without sequences */
    public Explainer(Predictor.Shape shape, RowLayout layout) {
        this.shape = shape;
        spec = shape.spec;
        if (spec.model().steps() > 0) {
            throw new IllegalArgumentException("model.steps: " + spec.model().steps() + " (expected: 0)");
        }
        network = spec.model().network(shape.in, spec.outputs(), shape.layout, spec.seed(), ThreadTeam.ALONE);
        clamp = Clamp.of(spec);
        gradient = network.gradient();
        batch = new Batch(shape.batch);
        state = new NetworkState(shape.layout.width());
        logits = new float[spec.logitCount()];
        delta = new float[spec.logitCount()];
        numbers = spec.features().numberNames();
        names = new HashedNames(spec, layout);
    }

    /** Returns how many logits of a sample are explained: that of the predicted class, or that of each output. */
    public static int explained(ModelSpec spec) {
        return spec.loss().task() == Task.MULTICLASS ? 1 : spec.outputs();
    }

    /**
     * Returns the contributions to each explained logit by the name of the feature, the largest magnitude first.
     *
     * @param row that the sample was encoded from
     */
    public List<Map<String, Double>> explain(Snapshot snapshot, Sample sample, Row row) throws InvalidSampleException {
        batch.clear();
        batch.add(sample, shape.standardizer, snapshot.moments());
        Map<Integer, Set<String>> hashed = hashedNames(row);
        float[] parameters = state.read(snapshot.values(), batch);
        network.forward(parameters, batch, 0, 1, Network.PREDICT, logits);
        if (spec.loss().task() == Task.MULTICLASS) {
            int predicted = PredictedClass.mostLikely(logits, 0, spec.outputs());
            return List.of(sorted(explain(parameters, predicted, hashed)));
        }
        List<Map<String, Double>> explained = new ArrayList<>();
        for (int output = 0; output < spec.outputs(); output++) {
            Map<String, Double> contributions = explain(parameters, output, hashed);
            double shift = clamp == null ? 0 : clamp.shift(snapshot.labelRange(), logits, output);
            if (shift != 0) {
                contributions.merge(CLAMP, shift, Double::sum);
            }
            explained.add(sorted(contributions));
        }
        return explained;
    }

    /** Returns how many features a row has, besides the bias: numbers, and hashed ones as often as the row has them. */
    public int features(Row row) throws InvalidSampleException {
        int[] count = {numbers.size()};
        names.read(row, new HashedNames.Listener() {
            @Override
            public boolean wants(int bucket) {
                count[0]++;
                return false;
            }

            @Override
            public void add(int bucket, String name) {}
        });
        return count[0];
    }

    private Map<Integer, Set<String>> hashedNames(Row row) throws InvalidSampleException {
        Map<Integer, Set<String>> hashed = new HashMap<>();
        names.read(row, new HashedNames.Listener() {
            @Override
            public boolean wants(int bucket) {
                return true;
            }

            @Override
            public void add(int bucket, String name) {
                hashed.computeIfAbsent(bucket, any -> new LinkedHashSet<>()).add(name);
            }
        });
        return hashed;
    }

    private Map<String, Double> explain(float[] parameters, int output, Map<Integer, Set<String>> hashed) {
        // The backward pass overwrites what it needs of a forward pass.
        network.forward(parameters, batch, 0, 1, Network.PREDICT, logits);
        Arrays.fill(delta, 0);
        delta[output] = 1;
        gradient.clear();
        network.backward(parameters, batch, 0, 1, delta, gradient);
        Map<String, Double> contributions = new LinkedHashMap<>();
        addTable(parameters, hashed, contributions);
        addDense(parameters, contributions);
        return contributions;
    }

    /** Adds the features whose parameters are rows of a table: all of them, or the hashed ones of a network. */
    private void addTable(float[] parameters, Map<Integer, Set<String>> hashed, Map<String, Double> contributions) {
        Model model = spec.model();
        int width = gradient.width();
        for (int i = 0; i < gradient.count(); i++) {
            int row = gradient.rows()[i];
            double sum = 0;
            for (int k = 0; k < width; k++) {
                double product = (double) parameters[row * width + k] * gradient.values()[i * width + k];
                sum += model.share(k) * product;
            }
            int input = model.isTable() ? state.row(row) - 1 : numbers.size() + row;
            contributions.merge(name(input, hashed), sum, Double::sum);
        }
    }

    /** Adds the numbers of a network, whose parameters are the rows of the first dense layer. */
    private void addDense(float[] parameters, Map<String, Double> contributions) {
        if (gradient.denseLength() == 0) {
            return;
        }
        int inputLayer = shape.in.buckets() > 0 ? 1 : 0;
        int units =
                spec.model().layers(shape.in, spec.outputs()).get(inputLayer).columns();
        for (int number = 0; number < numbers.size(); number++) {
            double sum = 0;
            for (int i = number * units; i < (number + 1) * units; i++) {
                sum += (double) parameters[gradient.denseFrom() + i] * gradient.dense()[i];
            }
            contributions.merge(numbers.get(number), sum, Double::sum);
        }
    }

    /** @param input -1 for the bias, then the numbers, then the buckets of hashed features */
    private String name(int input, Map<Integer, Set<String>> hashed) {
        if (input < 0) {
            return BIAS;
        }
        return input < numbers.size()
                ? numbers.get(input)
                : String.join(" | ", hashed.getOrDefault(input - numbers.size(), Set.of()));
    }

    private static Map<String, Double> sorted(Map<String, Double> contributions) {
        Map<String, Double> sorted = new LinkedHashMap<>();
        contributions.entrySet().stream()
                .sorted(Comparator.comparingDouble(entry -> -Math.abs(entry.getValue())))
                .forEach(entry -> sorted.put(entry.getKey(), entry.getValue()));
        return sorted;
    }
}
