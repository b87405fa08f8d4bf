package io.freshet.learning.learner;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.learning.Golden;
import io.freshet.learning.features.Sample;
import io.freshet.learning.predict.Predictor;
import io.freshet.learning.spec.ModelSpec;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Would catch a full batch that is standardized differently than its snapshots: each sample with the moments of the earlier
 * ones, which fails on a sorted file.
 */
class FullBatchMomentsTest {
    private static final long SEED = 20261125;
    private static final int SAMPLES = 200;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "model: {type: linear}, optimizer: {type: lbfgs}",
                "model: {type: linear}, optimizer: {type: adam, learningRate: 0.05}",
                "model: {type: mlp, hidden: [3], activation: tanh}, optimizer: {type: sgd, learningRate: 0.05}"
            })
    void numbers_are_standardized_with_the_final_moments_as_in_a_prediction(String model) {
        ModelSpec spec = spec(model, true);
        LearnerState learned = learn(new Learner(spec), samples());

        List<double[]> z = standardized(samples());
        List<Sample> by = new ArrayList<>();
        for (int i = 0; i < SAMPLES; i++) {
            double[] of = z.get(i);
            float[] dense = {(float) of[2], samples().get(i).dense()[1]};
            by.add(sample(new double[] {of[0], of[1]}, dense, samples().get(i).label()[0], i));
        }
        float[] expected = learn(new Learner(spec(model, false)), by).weights().parameters();
        float[] parameters = learned.weights().parameters();
        assertThat(parameters).hasSameSizeAs(expected);
        for (int c = 0; c < expected.length; c++) {
            Golden.assertClose(parameters[c], expected[c], 1e-3, 1e-4, model + ", parameter " + c);
        }
    }

    @Test
    void fits_a_line_to_samples_sorted_by_label() {
        Learner learner = new Learner(spec("model: {type: linear}, optimizer: {type: lbfgs}", true));
        Predictor predictor = new Predictor(learner.snapshot(learn(learner, samples()), ""));
        for (Sample sample : samples()) {
            Golden.assertClose(predictor.predict(sample)[0], sample.label()[0], 0, 0.05, "label " + sample.label()[0]);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 77, SAMPLES})
    void restored_and_copied_states_learn_the_same_bits(int k) throws IOException {
        ModelSpec spec = spec("model: {type: linear}, optimizer: {type: adam, learningRate: 0.05}", true);
        byte[] uninterrupted = LearnerTest.bytes(learn(new Learner(spec), samples()));
        Learner learner = new Learner(spec);
        LearnerState state = learner.start();
        samples().subList(0, k).forEach(sample -> learner.learn(state, sample));
        for (LearnerState again : List.of(restored(state), state.copy())) {
            samples().subList(k, SAMPLES).forEach(sample -> learner.learn(again, sample));
            learner.finish(again, () -> {});
            assertThat(LearnerTest.bytes(again)).isEqualTo(uninterrupted);
        }
    }

    @Test
    void a_full_batch_is_standardized_when_it_becomes_a_mini_batch() {
        String rest = "model: {type: linear}, optimizer: {type: sgd}";
        ModelSpec full = spec(rest, true);
        Learner small = new Learner(ModelSpec.parse(full.toYaml().replace("size: full", "size: 32")));
        Learner learner = new Learner(full);
        LearnerState state = learner.start();
        samples().subList(0, 20).forEach(sample -> learner.learn(state, sample));
        samples().subList(20, 40).forEach(sample -> small.learn(state, sample));
        assertThat(state.updates()).isEqualTo(1);
        assertThat(state.pending().isRaw()).isFalse();
        assertThat(state.total().metrics().loss()).isFinite().isPositive();
    }

    @Test
    void each_pass_over_the_batch_is_an_epoch() {
        Learner learner = new Learner(spec("model: {type: linear}, optimizer: {type: sgd}", true));
        LearnerState state = learner.start();
        samples().forEach(sample -> learner.learn(state, sample));
        List<Integer> epochs = new ArrayList<>();
        learner.finish(state, () -> epochs.add(state.epochProgress().epoch()));
        epochs.add(state.epochProgress().epoch());
        assertThat(epochs).isEqualTo(IntStream.range(0, 30).boxed().toList());
    }

    private static LearnerState restored(LearnerState state) throws IOException {
        return LearnerStateCodec.read(new DataInputStream(new ByteArrayInputStream(LearnerTest.bytes(state))));
    }

    private static LearnerState learn(Learner learner, List<Sample> samples) {
        LearnerState state = learner.start();
        samples.forEach(sample -> learner.learn(state, sample));
        learner.finish(state, () -> {});
        return state;
    }

    /** Times and amounts that increase with each sample; the label is linear in them. */
    private static List<Sample> samples() {
        SplittableRandom random = new SplittableRandom(SEED);
        List<Sample> samples = new ArrayList<>();
        for (int i = 0; i < SAMPLES; i++) {
            double[] numeric = {1.7e9 + i, i * 0.01 + random.nextDouble()};
            float[] dense = {(float) (i + random.nextDouble()), (float) random.nextDouble(-1, 1)};
            samples.add(sample(numeric, dense, (float) (i * 0.01), i));
        }
        return samples;
    }

    private static Sample sample(double[] numeric, float[] dense, float label, int i) {
        return new Sample(
                new Sample.Features(numeric, dense, new int[0], new int[0], new float[0]),
                new float[] {label},
                1,
                false,
                new Sample.Position(0, i, i, 0));
    }

    /** Standardizes a sample with the moments of all samples and itself, in two float64 passes: two numeric features, one dense. */
    private static List<double[]> standardized(List<Sample> samples) {
        List<double[]> result = new ArrayList<>();
        for (int i = 0; i < SAMPLES; i++) {
            double[] z = new double[3];
            for (int j = 0; j < 3; j++) {
                double mean = number(samples.get(i), j);
                for (Sample sample : samples) {
                    mean += number(sample, j);
                }
                mean /= SAMPLES + 1;
                double x = number(samples.get(i), j);
                double variance = (x - mean) * (x - mean);
                for (Sample sample : samples) {
                    variance += (number(sample, j) - mean) * (number(sample, j) - mean);
                }
                z[j] = (x - mean) / Math.sqrt(variance / (SAMPLES + 1));
            }
            result.add(z);
        }
        return result;
    }

    private static double number(Sample sample, int j) {
        return j < 2 ? sample.numeric()[j] : sample.dense()[0];
    }

    private static ModelSpec spec(String model, boolean standardize) {
        return ModelSpec.parse("""
                {name: m, label: y, features: {numeric: [t, a], standardize: %s, dense: [{field: u, length: 1, standardize: %s},
                 {field: v, length: 1, standardize: false}]}, loss: mean-squared-error, batch: {size: full}, epochs: 30, %s}
                """.formatted(standardize, standardize, model));
    }
}
