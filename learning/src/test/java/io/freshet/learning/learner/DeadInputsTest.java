package io.freshet.learning.learner;

import io.freshet.learning.FlatWeights;
import io.freshet.learning.TestSpecs;
import io.freshet.learning.features.Sample;
import io.freshet.learning.spec.ModelSpec;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Would catch parameters and optimizer states that decay to subnormal numbers, once an input or a feature is 0 forever. Each operation
 * with them takes many times longer on some CPUs.
 */
class DeadInputsTest {
    private static final long SEED = 20261130;
    private static final int SAMPLES = 10_000;
    private static final String NETWORK =
            "features: {dense: {field: x, length: 3}}, model: {type: mlp, hidden: [4], activation: sigmoid}";
    private static final String ROWS = "features: {sparse: [{field: s, hash: true}], hashBits: 2}";

    /** With a penalty, which shrinks parameters by a factor, and without. */
    static Stream<ModelSpec> specs() {
        return TestSpecs.steppingOptimizers().stream()
                .flatMap(optimizer -> Stream.of(NETWORK, ROWS)
                        .flatMap(model -> Stream.of("", ", regularization: {l2: 0.5}")
                                .map(penalty -> ModelSpec.parse("{name: m, label: y, loss: binary-cross-entropy, "
                                        + model + ", optimizer: {type: " + optimizer + ", learningRate: 0.1}" + penalty
                                        + "}"))));
    }

    @ParameterizedTest
    @MethodSource("specs")
    void no_number_of_a_state_becomes_subnormal(ModelSpec spec) throws IOException {
        SplittableRandom random = new SplittableRandom(SEED);
        Learner learner = new Learner(spec);
        LearnerState state = learner.start();
        for (int i = 0; i < SAMPLES; i++) {
            if (i == SAMPLES / 2) {
                byte[] saved = LearnerTest.bytes(state);
                state = LearnerStateCodec.read(new DataInputStream(new ByteArrayInputStream(saved)));
                learner = new Learner(spec);
            }
            learner.learn(state, sample(spec, random, i));
            for (float number : FlatWeights.of(state.weights())) {
                if (number != 0 && Math.abs(number) < Float.MIN_NORMAL) {
                    throw new AssertionError(
                            spec + ", sample " + i + ", seed " + SEED + ": " + number + " (expected: 0 or normal)");
                }
            }
        }
    }

    /** The first input, or the first row, is 0 after the first sample; the others stay alive. */
    private static Sample sample(ModelSpec spec, SplittableRandom random, int i) {
        float first = i == 0 ? 1 : 0;
        float second = (float) random.nextDouble(-1, 1);
        boolean isNetwork = spec.inputShape().buckets() == 0;
        float[] dense = isNetwork ? new float[] {first, second, 1} : new float[0];
        int[] rows = isNetwork ? new int[0] : new int[] {1, 2};
        float[] values = isNetwork ? new float[0] : new float[] {first, second};
        return new Sample(
                new Sample.Features(new double[0], dense, rows, new int[0], values),
                new float[] {random.nextInt(2)},
                1,
                false,
                new Sample.Position(0, i, i, 0));
    }
}
