package io.freshet.learning.learner;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.learning.FlatWeights;
import io.freshet.learning.TestSpecs;
import io.freshet.learning.encode.FeatureEncoder;
import io.freshet.learning.features.InvalidSampleException;
import io.freshet.learning.features.RowLayout;
import io.freshet.learning.loss.Loss;
import io.freshet.learning.loss.Task;
import io.freshet.learning.model.StateLayout;
import io.freshet.learning.spec.ModelSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Would catch an update of the wrong row, a wrong mean over a batch, and a sum in another order. */
class LearnerOracleTest {
    private static final long SEED = 20260109;
    private static final int SAMPLES = 3000;

    static Stream<ModelSpec> specs() {
        return TestSpecs.losses().stream()
                .filter(loss -> List.of(
                                "mean-squared-error", "binary-cross-entropy", "sparse-categorical-cross-entropy")
                        .contains(loss.name()))
                .flatMap(loss -> Stream.of("sgd", "rmsprop")
                        .flatMap(optimizer ->
                                Stream.of(1, 2, 7, 32).map(batchSize -> spec(loss, optimizer, batchSize))));
    }

    @ParameterizedTest
    @MethodSource("specs")
    void learns_the_same_bits_as_plain_loops_over_dense_arrays(ModelSpec spec) throws InvalidSampleException {
        SplittableRandom random = new SplittableRandom(SEED);
        RowLayout layout = RowLayout.of(List.of(spec));
        FeatureEncoder encoder = new FeatureEncoder(spec, layout);
        Learner learner = new Learner(spec);
        LearnerState state = learner.start();
        OracleLearner oracle = new OracleLearner(spec);
        for (int i = 0; i < SAMPLES; i++) {
            OracleLearner.Fields fields = draw(spec, random);
            float[] expected = oracle.learn(fields);
            learner.learn(state, encoder.encode(fields.toRow(layout), 0, i));
            String what = "seed " + SEED + ", sample " + i;
            assertThat(learner.rejections().count()).as(what).isZero();
            if (state.pending().size() == 0) {
                assertThat(learner.lastPrediction()).as("prediction, " + what).isEqualTo(expected);
            }
            if (i % 100 == 0) {
                assertThat(parameters(state)).as("parameters, " + what).isEqualTo(oracle.theta);
            }
        }
        learner.finish(state, () -> {});
        oracle.update();
        assertThat(parameters(state)).as("seed " + SEED).isEqualTo(oracle.theta);
        assertThat(slots(spec, state)).as("slots, seed " + SEED).isEqualTo(oracle.meanSquare);
        assertThat(oracle.theta)
                .as("the oracle itself")
                .doesNotContain(Float.NaN)
                .isNotEqualTo(new float[oracle.theta.length]);
    }

    private static ModelSpec spec(Loss loss, String optimizer, int batchSize) {
        return ModelSpec.parse(
                """
                name: test
                label: y
                weight: w
                features: {numeric: [a, b], categorical: [c, d], cross: [[c, d]], sparse: [s], hashBits: 4}
                outputs: %d
                loss: %s
                optimizer: {type: %s, learningRate: 0.02}
                batch: {size: %d}
                seed: 123456789012
                """.formatted(loss.task() == Task.MULTICLASS ? 3 : 1, loss.name(), optimizer, batchSize));
    }

    private static float[] parameters(LearnerState state) {
        return state.weights().parameters();
    }

    private static float[] slots(ModelSpec spec, LearnerState state) {
        int n = spec.parameterCount();
        StateLayout bySlot = new StateLayout(n, spec.outputs(), spec.optimizer().slots(), false);
        float[] weights = FlatWeights.of(state.weights().convert(bySlot));
        return Arrays.copyOfRange(weights, n, weights.length);
    }

    /** Sixteen buckets for up to twelve hashed values, so that collisions are frequent. */
    private static OracleLearner.Fields draw(ModelSpec spec, SplittableRandom random) {
        double label = switch (spec.loss().task()) {
            case REGRESSION -> random.nextDouble(-3, 3);
            case BINARY -> random.nextInt(4) == 0 ? random.nextDouble() : random.nextInt(2);
            case MULTICLASS -> random.nextInt(spec.outputs());
            default -> throw new IllegalStateException("no oracle for " + spec.loss());
        };
        double weight = random.nextInt(8) == 0 ? 0 : random.nextBoolean() ? 1 : random.nextDouble(0, 4);
        List<Map.Entry<Integer, Float>> pairs = new ArrayList<>();
        for (int i = random.nextInt(10); i > 0; i--) {
            pairs.add(Map.entry(random.nextInt(50), (float) random.nextDouble(-1, 1)));
        }
        return new OracleLearner.Fields(
                Map.of("a", random.nextDouble(), "b", random.nextDouble(1e6, 2e6), "y", label, "w", weight),
                Map.of("c", "v" + random.nextInt(6), "d", "v" + random.nextInt(6)),
                pairs);
    }
}
