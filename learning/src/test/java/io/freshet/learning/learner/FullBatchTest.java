package io.freshet.learning.learner;

import static io.freshet.learning.Golden.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.freshet.learning.Golden;
import io.freshet.learning.RandomSamples;
import io.freshet.learning.TestSpecs;
import io.freshet.learning.features.Sample;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.learning.spec.OptimizerTable;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Would catch a full batch that is not the mean over all its samples, or whose bits are not reproducible. */
class FullBatchTest {
    private static final JsonNode FILE = Golden.read("reference/full_batch.json");
    private static final List<String> LOSSES = List.of("mean-squared-error", "binary-cross-entropy");

    static Stream<ModelSpec> stepping() {
        return LOSSES.stream()
                .flatMap(loss -> TestSpecs.steppingOptimizers().stream()
                        .map(optimizer -> spec(loss, optimizer + ", learningRate: 0.05", 0.125, 20)));
    }

    static Stream<ModelSpec> all() {
        return LOSSES.stream()
                .flatMap(loss -> OptimizerTable.ALL.names().stream()
                        .map(optimizer -> spec(loss, optimizer, hasPenalty(optimizer) ? 0.125 : 0, 20)));
    }

    private static boolean hasPenalty(String optimizer) {
        return !TestSpecs.optimizer(optimizer, "").looksAhead();
    }

    @ParameterizedTest
    @MethodSource("stepping")
    void twenty_epochs_are_twenty_steps_along_the_mean_gradient(ModelSpec spec) {
        float[] learned = parameters(learn(spec));
        double[] expected = new FullBatchLoop(spec, FILE.get("samples")).parameters(20);
        for (int c = 0; c < expected.length; c++) {
            assertClose(learned[c], expected[c], 1e-5, 1e-6, spec.optimizer() + ", parameter " + c);
        }
    }

    @ParameterizedTest
    @MethodSource("all")
    void the_same_samples_give_the_same_bits(ModelSpec spec) {
        assertThat(LearnerTest.bytes(learn(spec))).isEqualTo(LearnerTest.bytes(learn(spec)));
    }

    @ParameterizedTest
    @MethodSource("all")
    void a_state_restored_between_epochs_learns_the_same_bits(ModelSpec spec) throws IOException {
        byte[] uninterrupted = LearnerTest.bytes(learn(spec));
        for (int k : new int[] {1, 2, 7, 12, 19}) {
            Learner learner = new Learner(spec);
            LearnerState state = taken(learner);
            List<byte[]> saved = new ArrayList<>();
            learner.finish(state, () -> saved.add(LearnerTest.bytes(state)));
            LearnerState restored =
                    LearnerStateCodec.read(new DataInputStream(new ByteArrayInputStream(saved.get(k - 1))));
            restored.useEpochProgress().nextEpoch(k, spec.training().earlyStopping());
            String rest = spec.toYaml().replace("epochs: 20", "epochs: " + (20 - k));
            new Learner(ModelSpec.parse(rest)).finish(restored, () -> {});
            assertThat(LearnerTest.bytes(restored))
                    .as("interrupted after epoch %d", k)
                    .isEqualTo(uninterrupted);
        }
    }

    @ParameterizedTest
    @MethodSource("all")
    void every_epoch_is_an_update_and_scores_every_sample_once(ModelSpec spec) {
        LearnerState state = learn(spec);
        // An optimizer that looks ahead makes a step for each sample.
        int perEpoch = spec.optimizer().looksAhead() ? FILE.get("samples").size() : 1;
        assertThat(state.updates()).isEqualTo(20L * perEpoch);
        assertThat(state.total().samples()).isEqualTo(20L * FILE.get("samples").size());
        assertThat(state.samples()).isEqualTo(20L * FILE.get("samples").size());
    }

    static Stream<JsonNode> minima() {
        List<JsonNode> minima = new ArrayList<>();
        FILE.get("minima").forEach(minima::add);
        return minima.stream();
    }

    /** The references are normal equations for linear regression, scikit-learn and PyTorch for logistic regression. */
    @ParameterizedTest
    @MethodSource("minima")
    void lbfgs_finds_the_minimum_within_30_iterations(JsonNode minimum) {
        ModelSpec spec =
                spec(minimum.get("loss").textValue(), "lbfgs", minimum.get("l2").doubleValue(), 30);
        float[] learned = parameters(learn(spec));
        for (int c = 0; c < learned.length; c++) {
            double expected = minimum.get("parameters").get(c).doubleValue();
            assertClose(learned[c], expected, 0, 1e-4, minimum.get("loss") + ", parameter " + c);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "batch: {size: 1} | batch.size: 1 (expected: full, since optimizer lbfgs needs the whole gradient)",
                "batch: {size: full}, regularization: {l1: 0.5} | "
                        + "regularization.l1: 0.5 (expected: 0, since optimizer lbfgs needs a smooth loss)",
                "batch: {size: full}, model: {type: mlp, hidden: [2], dropout: 0.1} | "
                        + "model.dropout: 0.1 (expected: 0, since optimizer lbfgs needs the same loss each time)",
                "batch: {size: full}, clip: {norm: 2} | "
                        + "clip: 2.0 (expected: none, since optimizer lbfgs needs the whole gradient)",
            })
    void lbfgs_rejects_unsupported_settings(String yaml, String message) {
        String spec =
                "{name: m, label: y, features: {numeric: [a]}, loss: mean-squared-error, optimizer: {type: lbfgs}, %s}";
        assertThatThrownBy(() -> ModelSpec.parse(spec.formatted(yaml))).hasMessage(message);
    }

    /** Hashed rows with three outputs; the gradient of the penalized loss shows whether the result is a minimum. */
    @Test
    void lbfgs_minimizes_a_sparse_model_of_many_outputs() {
        ModelSpec spec = ModelSpec.parse("""
                name: sparse
                label: y
                features: {sparse: [s], hashBits: 5}
                loss: sparse-categorical-cross-entropy
                outputs: 3
                optimizer: {type: lbfgs, history: 5}
                regularization: {l2: 0.01}
                batch: {size: full}
                epochs: 40
                """);
        List<Sample> samples = RandomSamples.of(spec, 300, 20260302);
        Learner learner = new Learner(spec);
        LearnerState state = learner.start();
        samples.forEach(sample -> learner.learn(state, sample));
        learner.finish(state, () -> {});

        float[] theta = parameters(state);
        double[] gradient = softmaxGradient(theta, samples);
        for (int c = 0; c < theta.length; c++) {
            assertThat(gradient[c] + 0.01 * theta[c])
                    .as("derivative with respect to parameter %d", c)
                    .isCloseTo(0, within(2e-6));
        }
        assertThat(theta[0]).as("a bias").isNotZero();
    }

    private static double[] softmaxGradient(float[] theta, List<Sample> samples) {
        double[] gradient = new double[theta.length];
        double weights = samples.stream().mapToDouble(Sample::weight).sum();
        for (Sample sample : samples) {
            double[] p = new double[3];
            for (int k = 0; k < 3; k++) {
                double z = theta[k];
                for (int i = 0; i < sample.rows().length; i++) {
                    z += theta[sample.rows()[i] * 3 + k] * sample.values()[i];
                }
                p[k] = Math.exp(z);
            }
            double sum = p[0] + p[1] + p[2];
            for (int k = 0; k < 3; k++) {
                double delta = (p[k] / sum - (k == sample.label()[0] ? 1 : 0)) * sample.weight() / weights;
                gradient[k] += delta;
                for (int i = 0; i < sample.rows().length; i++) {
                    gradient[sample.rows()[i] * 3 + k] += delta * sample.values()[i];
                }
            }
        }
        return gradient;
    }

    @Test
    void rejects_a_state_that_exceeds_an_array() {
        assertThatThrownBy(() -> ModelSpec.parse("""
                {name: m, label: y, features: {sparse: [s], hashBits: 24}, loss: mean-squared-error,
                 optimizer: {type: lbfgs, history: 100}, batch: {size: full}}
                """))
                .hasMessage("optimizer: lbfgs with 200 slots per parameter "
                        + "(expected: a state of up to 2^30 numbers, not 3372220617)");
    }

    private static LearnerState learn(ModelSpec spec) {
        Learner learner = new Learner(spec);
        LearnerState state = taken(learner);
        learner.finish(state, () -> {});
        return state;
    }

    /** Returns a state that has received all samples but learned none. */
    private static LearnerState taken(Learner learner) {
        LearnerState state = learner.start();
        boolean classes = learner.spec().loss().name().equals("binary-cross-entropy");
        for (JsonNode json : FILE.get("samples")) {
            double[] numbers = new double[json.get("numbers").size()];
            for (int i = 0; i < numbers.length; i++) {
                numbers[i] = json.get("numbers").get(i).doubleValue();
            }
            float label = (float) json.get(classes ? "class" : "target").doubleValue();
            float weight = (float) json.get("weight").doubleValue();
            learner.learn(
                    state,
                    new Sample(
                            new Sample.Features(numbers, new float[0], new int[0], new int[0], new float[0]),
                            new float[] {label},
                            weight,
                            false,
                            new Sample.Position(0, 0, 0, 0)));
        }
        assertThat(state.updates()).isZero();
        return state;
    }

    private static float[] parameters(LearnerState state) {
        return state.weights().parameters();
    }

    private static ModelSpec spec(String loss, String optimizer, double l2, int epochs) {
        return ModelSpec.parse("""
                name: full
                label: y
                weight: w
                features: {numeric: [a, b, c, d, e, f], standardize: false}
                loss: %s
                optimizer: {type: %s}
                regularization: {l2: %s}
                batch: {size: full}
                epochs: %d
                """.formatted(loss, optimizer, l2, epochs));
    }
}
