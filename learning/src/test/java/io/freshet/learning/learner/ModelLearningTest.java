package io.freshet.learning.learner;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.learning.FlatWeights;
import io.freshet.learning.Golden;
import io.freshet.learning.TestSpecs;
import io.freshet.learning.features.Sample;
import io.freshet.learning.loss.Loss;
import io.freshet.learning.model.ModelCases;
import io.freshet.learning.predict.Predictor;
import io.freshet.learning.spec.ModelSpec;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Learning with every model: reproducible bits, restarts, weights, and extreme features. */
class ModelLearningTest {
    private static final long SEED = 20260304;

    static List<ModelSpec> specs() {
        return ModelCases.all("sgd", "batch: {size: 7}");
    }

    /** With slots, with dropout, by row and by slot, in batches that the interruption splits. */
    static Stream<ModelSpec> resumed() {
        Loss loss = TestSpecs.loss("sparse-categorical-cross-entropy");
        return Stream.of("sgd", "rmsprop")
                .flatMap(optimizer -> Stream.of(1, 7, 64)
                        .flatMap(size -> Stream.of(
                                ModelCases.of("linear", loss, optimizer, "batch: {size: " + size + "}"),
                                ModelCases.of("mlp", loss, optimizer, "batch: {size: " + size + "}"),
                                ModelCases.of("mlp", ", dropout: 0.3", loss, optimizer, "batch: {size: " + size + "}"),
                                ModelCases.of("embedding-mlp", loss, optimizer, "batch: {size: " + size + "}"),
                                ModelCases.of(
                                        "embedding-mlp",
                                        ", dropout: 0.3, activation: gelu",
                                        loss,
                                        optimizer,
                                        "batch: {size: " + size + "}"))));
    }

    @ParameterizedTest
    @MethodSource("resumed")
    void a_state_restored_at_any_sample_learns_the_same_bits(ModelSpec spec) throws IOException {
        List<Sample> samples = ModelCases.samples(spec, 150, SEED);
        Learner learner = new Learner(spec);
        byte[] uninterrupted = LearnerTest.bytes(learn(learner, learner.start(), samples));
        for (int k : new int[] {0, 1, 10, 101}) {
            Learner first = new Learner(spec);
            byte[] saved = LearnerTest.bytes(learn(first, first.start(), samples.subList(0, k)));
            LearnerState restored = LearnerStateCodec.read(new DataInputStream(new ByteArrayInputStream(saved)));
            assertThat(LearnerTest.bytes(restored)).isEqualTo(saved);
            assertThat(LearnerTest.bytes(learn(new Learner(spec), restored, samples.subList(k, samples.size()))))
                    .as("seed %d, restored at %d", SEED, k)
                    .isEqualTo(uninterrupted);
        }
    }

    @ParameterizedTest
    @MethodSource("specs")
    void a_weight_of_2_equals_the_sample_twice(ModelSpec spec) {
        List<Sample> samples = ModelCases.samples(spec, 5, SEED);
        List<Sample> weighted = new ArrayList<>();
        List<Sample> repeated = new ArrayList<>();
        for (int i = 0; i < samples.size(); i++) {
            int times = 1 + i % 2;
            weighted.add(withWeight(samples.get(i), times));
            for (int j = 0; j < times; j++) {
                repeated.add(withWeight(samples.get(i), 1));
            }
        }
        assertThat(repeated).hasSize(7);
        // Not standardized, since the moments of the two differ by one sample.
        ModelSpec plain = ModelSpec.parse(spec.toYaml().replace("standardize: true", "standardize: false"));
        float[] once = finished(plain, weighted);
        float[] twice = finished(plain, repeated);
        for (int i = 0; i < once.length; i++) {
            Golden.assertClose(once[i], twice[i], 1e-5, 1e-6, "seed " + SEED + ", parameter " + i);
        }
    }

    @ParameterizedTest
    @MethodSource("specs")
    void stays_finite_for_extreme_features(ModelSpec spec) {
        Learner learner = new Learner(spec);
        LearnerState state = learner.start();
        List<Sample> samples = ModelCases.samples(spec, 70, SEED);
        for (int i = 0; i < samples.size(); i++) {
            learner.learn(
                    state,
                    i % 5 == 2 ? times(samples.get(i), 1e30f) : i % 5 == 3 ? times(samples.get(i), 0) : samples.get(i));
        }
        assertThat(state.samples() + state.rejected() + state.pending().size()).isEqualTo(70);
        assertThat(state.samples()).as("learned").isPositive();
        for (float number : FlatWeights.of(state.weights())) {
            assertThat(number).as("seed %d", SEED).isFinite();
        }
        assertThat(state.total().metrics().loss()).isFinite();
    }

    @ParameterizedTest
    @MethodSource("specs")
    void a_snapshot_predicts_the_same_as_the_learner(ModelSpec spec) {
        Learner learner = new Learner(spec);
        LearnerState state = learn(learner, learner.start(), ModelCases.samples(spec, 27, SEED));
        Sample next = ModelCases.samples(spec, 28, SEED).get(27);
        float[] served = new Predictor(learner.snapshot(state, "")).predict(next);
        learner.learn(state, next);
        float[] predicted = learner.lastPrediction();
        for (int k = 0; k < served.length; k++) {
            Golden.assertClose(served[k], predicted[k], 1e-5, 1e-6, "prediction " + k);
        }
    }

    private static float[] finished(ModelSpec spec, List<Sample> samples) {
        Learner learner = new Learner(spec);
        LearnerState state = learn(learner, learner.start(), samples);
        learner.finish(state, () -> {});
        assertThat(state.updates()).isEqualTo(1);
        return FlatWeights.of(state.weights());
    }

    private static LearnerState learn(Learner learner, LearnerState state, List<Sample> samples) {
        for (Sample sample : samples) {
            learner.learn(state, sample);
        }
        return state;
    }

    private static Sample withWeight(Sample from, float weight) {
        return with(from, from.dense(), from.values(), weight);
    }

    private static Sample times(Sample from, float factor) {
        return with(from, times(from.dense(), factor), times(from.values(), factor), from.weight());
    }

    private static float[] times(float[] numbers, float factor) {
        float[] result = numbers.clone();
        for (int i = 0; i < result.length; i++) {
            result[i] *= factor;
        }
        return result;
    }

    private static Sample with(Sample from, float[] dense, float[] values, float weight) {
        return new Sample(
                new Sample.Features(from.numeric(), dense, from.rows(), from.ends(), values),
                from.label(),
                weight,
                from.holdout(),
                new Sample.Position(from.partition(), from.offset(), from.eventTime(), from.epoch()));
    }
}
