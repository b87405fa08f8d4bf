package io.freshet.learning.model;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.freshet.learning.Golden;
import io.freshet.learning.TestSpecs;
import io.freshet.learning.features.Sample;
import io.freshet.learning.features.Standardizer;
import io.freshet.learning.learner.Learner;
import io.freshet.learning.learner.LearnerState;
import io.freshet.learning.loss.BinaryCrossEntropy;
import io.freshet.learning.loss.OutputArrays;
import io.freshet.learning.math.ThreadTeam;
import io.freshet.learning.spec.ModelSpec;
import java.util.Arrays;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Would catch a pair counted twice or with itself, a bias in a pair, and factors at the wrong offset of a row. */
class FactorizationMachineTest {
    private static final long SEED = 20260311;

    @Test
    void equals_pytorch() {
        JsonNode golden = StreamSupport.stream(
                        Golden.read("reference/models.json").get("cases").spliterator(), false)
                .filter(node -> node.get("model").textValue().equals("factorization-machine"))
                .findFirst()
                .orElseThrow();
        int rank = golden.get("rank").intValue();
        InputShape in = new InputShape(0, golden.at("/shapes/weights/0").intValue(), 1);
        FactorizationMachine model = new FactorizationMachine(rank);
        Network network = model.network(in, 1, model.layout(in, 1, 0), 0, ThreadTeam.ALONE);
        float[] state = rows(golden.get("parameters"), rank);
        assertThat(model.parameterCount(in, 1)).isEqualTo(state.length);
        Batch batch = new Batch(model.batchShape(in, 1));
        Standardizer none = new Standardizer(0, false, new boolean[0], 1);
        int n = golden.get("samples").size();
        for (int i = 0; i < n; i++) {
            JsonNode sample = golden.get("samples").get(i);
            int[] rows = new int[sample.get("features").size()];
            Arrays.setAll(rows, j -> 1 + sample.get("features").get(j).intValue());
            float[] values = Golden.floats(sample.get("values"));
            float label = golden.get("labels").get(i).floatValue();
            batch.add(
                    Sample.of(new double[0], rows, values, label, 1, new Sample.Position(0, i, 0, 0)),
                    none,
                    none.start());
        }

        float[] logits = new float[n];
        float[] delta = new float[n];
        network.forward(state, batch, 0, n, Network.PREDICT, logits);
        double value = 0;
        for (int i = 0; i < n; i++) {
            assertClose(logits[i], golden.get("logits").get(i).doubleValue(), "logit " + i);
            value += new BinaryCrossEntropy()
                            .evaluate(new OutputArrays(logits, new float[n], delta), i, 1, batch.labels(), i)
                    / n;
            delta[i] /= n;
        }
        assertClose(value, golden.get("value").doubleValue(), "loss");

        Gradient gradient = network.gradient();
        network.backward(state, batch, 0, n, delta, gradient);
        float[] expected = rows(golden.get("gradient"), rank);
        float[] actual = new float[expected.length];
        for (int i = 0; i < gradient.count(); i++) {
            int width = 1 + rank;
            System.arraycopy(gradient.values(), i * width, actual, gradient.rows()[i] * width, width);
        }
        for (int i = 0; i < expected.length; i++) {
            assertClose(actual[i], expected[i], "gradient " + i);
        }
    }

    private static void assertClose(double actual, double expected, String what) {
        Golden.assertClose(actual, expected, 1e-5, 1e-6, what);
    }

    /** Returns bias, weights and factors interleaved in rows. */
    private static float[] rows(JsonNode arrays, int rank) {
        float[] weights = Golden.floats(arrays.get("weights"));
        float[] factors = Golden.floats(arrays.get("factors"));
        float[] table = new float[(1 + weights.length) * (1 + rank)];
        table[0] = arrays.get("bias").get(0).floatValue();
        for (int i = 0; i < weights.length; i++) {
            table[(1 + i) * (1 + rank)] = weights[i];
            System.arraycopy(factors, i * rank, table, (1 + i) * (1 + rank) + 1, rank);
        }
        return table;
    }

    /** With K > 1 outputs, both models sum in the same order, so even the rounding is the same. */
    @ParameterizedTest
    @ValueSource(ints = {1, 5})
    void without_factors_it_learns_the_same_bits_as_the_linear_model(int batchSize) {
        String batch = "batch: {size: " + batchSize + "}";
        ModelSpec machine = spec("factorization-machine", ", rank: 3", batch);
        ModelSpec linear = spec("linear", "", batch);
        Learner learner = new Learner(machine);
        LearnerState state = learner.start();
        Learner reference = new Learner(linear);
        LearnerState expected = reference.start();
        Arrays.fill(state.weights().array(), 0);
        for (Sample sample : ModelCases.samples(linear, 200, SEED)) {
            learner.learn(state, sample);
            reference.learn(expected, sample);
            assertThat(learner.lastPrediction()).as("seed %d", SEED).isEqualTo(reference.lastPrediction());
        }
        float[] rows = state.weights().parameters();
        float[] weights = expected.weights().parameters();
        assertThat(weights).isNotEqualTo(new float[weights.length]);
        for (int i = 0; i < rows.length; i++) {
            assertThat(rows[i]).isEqualTo(i % 4 == 0 ? weights[i / 4] : 0);
        }
    }

    /** A batch of one sample takes another code path. */
    @Test
    void the_gradient_of_a_batch_is_the_sum_over_its_samples() {
        ModelSpec spec = spec("factorization-machine", ", rank: 3");
        List<Sample> samples = ModelCases.samples(spec, 6, SEED);
        RunningNetwork together = new RunningNetwork(spec, samples);
        together.add(0, 6, 0);
        double[] sum = new double[together.state.length];
        for (int i = 0; i < 6; i++) {
            RunningNetwork alone = new RunningNetwork(spec, samples);
            alone.add(i, i + 1, 0);
            float[] gradient = alone.gradient();
            for (int p = 0; p < sum.length; p++) {
                sum[p] += gradient[p];
            }
        }
        float[] gradient = together.gradient();
        for (int p = 0; p < sum.length; p++) {
            Golden.assertClose(gradient[p], sum[p], 1e-5, 1e-6, "seed " + SEED + ", parameter " + p);
        }
    }

    @Test
    void only_the_factors_start_away_from_0_and_those_of_the_bias_do_not() {
        InputShape in = new InputShape(3, 4096, 1);
        FactorizationMachine model = new FactorizationMachine(8);
        float[] start = model.initialParameters(in, 2, 42);
        assertThat(start).hasSize((int) model.parameterCount(in, 2)).hasSize(4100 * 2 * 9);
        double squares = 0;
        for (int i = 0; i < start.length; i++) {
            assertThat(start[i] == 0).as("parameter %d", i).isEqualTo(i < 2 * 9 || i % 9 == 0);
            squares += start[i] * start[i];
        }
        assertThat(Math.sqrt(squares / (4099 * 2 * 8))).isBetween(0.0098, 0.0102);
        assertThat(model.initialParameters(in, 2, 42)).isEqualTo(start);
        assertThat(model.initialParameters(in, 2, 7)).isNotEqualTo(start);
    }

    @Test
    void the_factors_of_the_bias_stay_0() {
        ModelSpec spec = spec("factorization-machine", ", rank: 8");
        Learner learner = new Learner(spec);
        LearnerState state = learner.start();
        ModelCases.samples(spec, 50, SEED).forEach(sample -> learner.learn(state, sample));
        float[] after = state.weights().parameters();
        for (int i = 0; i < spec.outputs() * 9; i++) {
            assertThat(after[i] != 0).isEqualTo(i % 9 == 0);
        }
    }

    private static ModelSpec spec(String model, String hyperparameters, String... more) {
        return ModelCases.of(
                model, hyperparameters, TestSpecs.loss("sparse-categorical-cross-entropy"), "rmsprop", more);
    }
}
