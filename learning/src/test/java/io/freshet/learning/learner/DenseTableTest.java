package io.freshet.learning.learner;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.freshet.learning.TestSpecs;
import io.freshet.learning.features.Sample;
import io.freshet.learning.loss.BinaryCrossEntropy;
import io.freshet.learning.model.StateLayout;
import io.freshet.learning.spec.ModelSpec;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A table without hashed features, whose slots are in arrays of their own. Would catch other bits than those of a table by row, and a
 * state that does not survive the change between the two layouts.
 */
class DenseTableTest {
    private static final long SEED = 20261130;
    private static final int LENGTH = 100;
    private static final int SAMPLES = 200;
    private static final String HASHED = ", sparse: [x], hashBits: 4";

    static Stream<String> optimizers() {
        return TestSpecs.optimizers("linear", new BinaryCrossEntropy()).stream();
    }

    @ParameterizedTest
    @MethodSource("optimizers")
    void has_the_bits_of_the_same_rows_in_a_table_by_row(String optimizer) {
        Learner dense = new Learner(spec(optimizer, ""));
        Learner hashed = new Learner(spec(optimizer, HASHED));
        LearnerState state = dense.start();
        LearnerState byRow = hashed.start();
        for (Sample sample : samples()) {
            dense.learn(state, sample);
            hashed.learn(byRow, sample);
        }

        assertThat(byRow.layout().byRow()).isTrue();
        assertThat(state.layout().byRow()).isEqualTo(dense.spec().optimizer().looksAhead());
        StateLayout layout = state.layout();
        float[] expected = byRow.weights().parts(0, 1 + layout.slots());
        float[] actual = state.weights().parts(0, 1 + layout.slots());
        for (int part = 0; part <= layout.slots(); part++) {
            for (int i = 0; i < layout.parameters(); i++) {
                assertThat(actual[part * layout.parameters() + i])
                        .as("seed %d, part %d, parameter %d", SEED, part, i)
                        .isEqualTo(expected[part * byRow.layout().parameters() + i]);
            }
        }
        assertThat(state.window().metrics()).isEqualTo(byRow.window().metrics());
    }

    @ParameterizedTest
    @MethodSource("optimizers")
    void continues_a_state_that_was_stored_by_row(String optimizer) {
        Learner learner = new Learner(spec(optimizer, ""));
        LearnerState expected = learner.start();
        LearnerState state = learner.start();
        for (Sample sample : samples()) {
            if (sample.offset() == SAMPLES / 2) {
                state.convert(state.layout().other());
            }
            learner.learn(expected, sample);
            learner.learn(state, sample);
        }

        assertThat(state.weights()).isEqualTo(expected.weights());
    }

    @ParameterizedTest
    @MethodSource("optimizers")
    void allocates_nothing(String optimizer) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long thread = Thread.currentThread().getId();
        Learner learner = new Learner(spec(optimizer, ""));
        LearnerState state = learner.start();
        List<Sample> samples = samples();
        samples.forEach(sample -> learner.learn(state, sample));
        long before = threads.getThreadAllocatedBytes(thread);
        for (Sample sample : samples) {
            learner.learn(state, sample);
        }
        long perSample = (threads.getThreadAllocatedBytes(thread) - before) / samples.size();
        // Tolerates occasional allocations by the virtual machine.
        assertThat(perSample).as("bytes per sample").isLessThan(16);
    }

    @ParameterizedTest
    @MethodSource("optimizers")
    void gains_hashed_features_and_loses_them(String optimizer) {
        ModelSpec few = spec(optimizer, "");
        ModelSpec more = spec(optimizer, HASHED);
        Learner before = new Learner(few);
        Learner after = new Learner(more, null, List.of(few));
        LearnerState state = before.start();
        LearnerState expected = after.start();
        for (Sample sample : samples()) {
            after.learn(expected, sample);
            before.learn(state, sample);
        }

        LearnerState changed = after.changeFeatures(state, few.stateHash());
        after.learn(changed, samples().get(0));
        after.learn(expected, samples().get(0));
        assertThat(changed.weights()).isEqualTo(expected.weights());

        LearnerState back = new Learner(few, null, List.of(more)).changeFeatures(changed, more.stateHash());
        assertThat(back.weights().parameters())
                .startsWith(leading(expected.weights().parameters()));
    }

    private static float[] leading(float[] parameters) {
        float[] leading = new float[1 + LENGTH];
        System.arraycopy(parameters, 0, leading, 0, leading.length);
        return leading;
    }

    private static List<Sample> samples() {
        SplittableRandom random = new SplittableRandom(SEED);
        return IntStream.range(0, SAMPLES).mapToObj(i -> sample(random, i)).toList();
    }

    private static Sample sample(SplittableRandom random, int offset) {
        float[] vector = new float[LENGTH];
        for (int i = 0; i < LENGTH; i++) {
            vector[i] = (float) random.nextDouble(-1, 2);
        }
        float label = vector[0] + vector[1] > 0.9 ? 1 : 0;
        return new Sample(
                new Sample.Features(new double[0], vector, new int[0], new int[0], new float[0]),
                new float[] {label},
                random.nextInt(1, 4),
                false,
                new Sample.Position(0, offset, offset, 0));
    }

    private static ModelSpec spec(String optimizer, String hashed) {
        return ModelSpec.parse("{name: m, label: y, features: {dense: [{field: v, length: " + LENGTH + "}]" + hashed
                + "}, loss: binary-cross-entropy, optimizer: {type: " + optimizer + "}}");
    }
}
