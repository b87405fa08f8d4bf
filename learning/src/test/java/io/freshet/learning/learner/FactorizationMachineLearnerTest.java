package io.freshet.learning.learner;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.learning.RandomSamples;
import io.freshet.learning.TestSpecs;
import io.freshet.learning.evaluation.Metric;
import io.freshet.learning.features.Sample;
import io.freshet.learning.predict.Predictor;
import io.freshet.learning.spec.ModelSpec;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Would catch factors that are not restored, are served differently than learned, or have no effect. */
class FactorizationMachineLearnerTest {
    private static final long SEED = 20260314;

    static Stream<ModelSpec> specs() {
        return TestSpecs.steppingOptimizers().stream()
                .flatMap(optimizer -> Stream.of(1, 5, 64)
                        .flatMap(batchSize -> Stream.of("binary-cross-entropy", "sparse-categorical-cross-entropy")
                                .map(loss -> TestSpecs.of(
                                        TestSpecs.loss(loss),
                                        loss.startsWith("sparse") ? 3 : 1,
                                        optimizer,
                                        batchSize,
                                        "model: {type: factorization-machine, rank: 3}"))));
    }

    @ParameterizedTest
    @MethodSource("specs")
    void a_state_restored_at_any_sample_learns_the_same_bits(ModelSpec spec) throws IOException {
        List<Sample> samples = RandomSamples.of(spec, 203, SEED);
        byte[] expected = LearnerTest.bytes(learn(spec, new Learner(spec).start(), samples));
        for (int k : new int[] {0, 1, 101, 202}) {
            byte[] saved = LearnerTest.bytes(learn(spec, new Learner(spec).start(), samples.subList(0, k)));
            LearnerState restored = LearnerStateCodec.read(new DataInputStream(new ByteArrayInputStream(saved)));
            assertThat(restored.pending().size())
                    .isEqualTo(RandomSamples.learnable(samples.subList(0, k))
                            % spec.training().batch().size());
            learn(spec, restored, samples.subList(k, samples.size()));
            assertThat(LearnerTest.bytes(restored))
                    .as("seed %d, restored at %d", SEED, k)
                    .isEqualTo(expected);
        }
    }

    @ParameterizedTest
    @MethodSource("specs")
    void a_snapshot_predicts_the_same_bits_as_the_learner(ModelSpec spec) {
        Learner learner = new Learner(spec);
        LearnerState state = learner.start();
        int compared = 0;
        List<Sample> samples = RandomSamples.of(spec, 200, SEED);
        for (Sample sample : samples) {
            float[] served = new Predictor(learner.snapshot(state, "")).predict(sample);
            learner.learn(state, sample);
            if (state.pending().size() == 0) {
                assertThat(served).as("seed %d", SEED).isEqualTo(learner.lastPrediction());
                compared++;
            }
        }
        assertThat(compared)
                .isGreaterThanOrEqualTo(RandomSamples.learnable(samples)
                        / spec.training().batch().size());
    }

    /** The label depends on whether two words are equal, not on either word alone. */
    @Test
    void learns_pairs_that_a_linear_model_cannot_represent() {
        assertThat(accuracyOnPairs("factorization-machine")).as("seed %d", SEED).isGreaterThan(0.95);
        assertThat(accuracyOnPairs("linear")).as("seed %d", SEED).isLessThan(0.65);
    }

    /** Returns the progressive accuracy over the last tenth of a stream. */
    private static double accuracyOnPairs(String model) {
        ModelSpec spec = ModelSpec.parse("""
                name: pairs
                label: y
                features: {categorical: [c, d], hashBits: 3}
                model: {type: %s}
                loss: binary-cross-entropy
                optimizer: {type: rmsprop, learningRate: 0.02}
                """.formatted(model));
        Learner learner = new Learner(spec);
        LearnerState state = learner.start();
        SplittableRandom random = new SplittableRandom(SEED);
        int count = 5000;
        for (int i = 0; i < count; i++) {
            if (i == count - count / 10) {
                learner.nextWindow(state);
            }
            int c = random.nextInt(2);
            int d = random.nextInt(2);
            int[] rows = {1 + c, 5 + d};
            learner.learn(
                    state,
                    Sample.of(
                            new double[0],
                            rows,
                            new float[] {1, 1},
                            c == d ? 1 : 0,
                            1,
                            new Sample.Position(0, i, i, 0)));
        }
        return state.window().metrics().get(Metric.ACCURACY);
    }

    private static LearnerState learn(ModelSpec spec, LearnerState state, List<Sample> samples) {
        Learner learner = new Learner(spec);
        samples.forEach(sample -> learner.learn(state, sample));
        return state;
    }
}
