package io.freshet.learning.replica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.freshet.learning.TestSpecs;
import io.freshet.learning.features.Sample;
import io.freshet.learning.learner.Learner;
import io.freshet.learning.learner.LearnerState;
import io.freshet.learning.loss.BinaryCrossEntropy;
import io.freshet.learning.model.ModelCases;
import io.freshet.learning.spec.Merge;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.learning.spec.ReplicaSettings;
import io.freshet.learning.spec.Slots;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Would catch gradients that are merged with wrong weights, and a step that differs from that of one learner with a large
 * batch. Sums of gradients are in another order than in a large batch, so parameters are equal only up to rounding.
 */
class GradientMergeTest {
    private static final long SEED = 20261128;
    private static final int REPLICAS = 4;
    private static final int BATCH = 8;
    private static final int ROUNDS = 20;
    private static final String MORE = "regularization: {l2: 0.01}";

    static Stream<Arguments> cases() {
        return TestSpecs.steppingOptimizers().stream()
                .flatMap(optimizer -> ModelCases.names().stream().map(model -> Arguments.of(optimizer, model)));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void learns_like_one_learner_with_a_batch_of_all_replicas(String optimizer, String model) {
        ModelSpec spec = spec(optimizer, model, BATCH);
        List<Sample> samples = unscaled(spec, REPLICAS * BATCH * ROUNDS);
        LearnerState merged = learn(spec, samples, 0, SEED);
        Learner large = new Learner(spec(optimizer, model, REPLICAS * BATCH));
        LearnerState expected = large.start();
        samples.forEach(sample -> large.learn(expected, sample));
        assertThat(merged.updates()).isEqualTo(ROUNDS).isEqualTo(expected.updates());
        assertThat(merged.samples()).isEqualTo(expected.samples());
        assertThat(merged.updateWindow().metrics().updates()).isEqualTo(ROUNDS);
        float[] actual = merged.weights().parameters();
        for (int i = 0; i < actual.length; i++) {
            assertThat(actual[i])
                    .as("seed %d, parameter %d", SEED, i)
                    .isCloseTo(expected.weights().parameters()[i], within(1e-6f));
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void learns_the_same_bits_in_any_order(String optimizer, String model) {
        ModelSpec spec = spec(optimizer, model, BATCH);
        List<Sample> samples = ModelCases.samples(spec, REPLICAS * BATCH * ROUNDS, SEED);
        for (int staleness : new int[] {0, 2}) {
            assertThat(learn(spec, samples, staleness, SEED).weights())
                    .isEqualTo(learn(spec, samples, staleness, SEED + 1).weights());
        }
    }

    /** Its gradient fits a float, but not times its weight, so one such sample would make all parameters NaN. */
    @ParameterizedTest
    @ValueSource(floats = {3.4e38f, 1e38f})
    void a_huge_weight_is_rejected_alone(float weight) {
        ModelSpec spec = spec("sgd", "linear", BATCH);
        List<Sample> samples = new ArrayList<>(unscaled(spec, REPLICAS * BATCH * ROUNDS));
        Sample heavy = samples.get(100);
        samples.set(
                100,
                new Sample(
                        heavy.features(),
                        heavy.label(),
                        weight,
                        false,
                        new Sample.Position(heavy.partition(), heavy.offset(), heavy.eventTime(), 0)));
        for (int staleness : new int[] {0, 2}) {
            LearnerState merged = learn(spec, samples, staleness, SEED);
            assertThat(merged.rejected()).isEqualTo(1);
            for (float parameter : merged.weights().parameters()) {
                assertThat(parameter).isFinite();
            }
        }
    }

    private static LearnerState learn(ModelSpec spec, List<Sample> samples, int staleness, long seed) {
        ReplicaSettings settings = new ReplicaSettings(REPLICAS, BATCH, staleness, Merge.GRADIENT, Slots.LOCAL);
        Learner learner = new Learner(spec);
        RacingReplicas racing = new RacingReplicas(learner, settings, learner.start(), seed);
        racing.learn(IntStream.range(0, REPLICAS)
                .mapToObj(r -> samples.stream()
                        .filter(sample -> sample.partition() == r)
                        .toList())
                .toList());
        return racing.merged.merged();
    }

    private static ModelSpec spec(String optimizer, String model, int batch) {
        return ModelCases.of(
                model,
                new BinaryCrossEntropy(),
                optimizer,
                "batch: {size: " + batch + "}",
                MORE,
                "clip: {norm: 0.5}",
                "schedule: {type: inverse, tau: 100, power: 0.5}");
    }

    /** Without numbers that are standardized, since a replica does not know the moments of the others within a round. */
    private static List<Sample> unscaled(ModelSpec spec, int count) {
        List<Sample> samples = new ArrayList<>();
        for (Sample sample : ModelCases.samples(spec, count, SEED)) {
            samples.add(PlainReplicas.unscaled(
                    sample, new Sample.Position(sample.partition(), sample.offset(), sample.eventTime(), 0)));
        }
        return samples;
    }
}
