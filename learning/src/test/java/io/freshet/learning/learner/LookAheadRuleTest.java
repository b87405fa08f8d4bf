package io.freshet.learning.learner;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.freshet.learning.features.Sample;
import io.freshet.learning.math.ThreadTeam;
import io.freshet.learning.model.Batch;
import io.freshet.learning.model.Network;
import io.freshet.learning.optimizer.LookAhead;
import io.freshet.learning.predict.Evaluator;
import io.freshet.learning.spec.ModelSpec;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Would catch a large record that takes more memory than it has entries, or that takes it after the sample was counted. */
class LookAheadRuleTest {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final int OUTPUTS = 10;
    private static final int ENTRIES = 5000;
    private static final long OTHERS = 30_000;

    @ParameterizedTest
    @CsvSource({"normalized-adagrad, 1", "scale-free, 2"})
    void the_memory_of_a_step_follows_the_entries_and_is_reserved_before_the_sample_counts(
            String optimizer, int numbers) {
        ModelSpec spec = ModelSpec.parse("{name: m, label: y, features: {sparse: [s], hashBits: 13}, outputs: "
                + OUTPUTS + ", loss: sparse-categorical-cross-entropy, optimizer: " + optimizer + "}");
        Learner learner = new Learner(spec);
        LearnerState state = learner.start();
        // The first update is measured, which takes memory for a gradient.
        learner.learn(state, sample(3));
        Network network = spec.model()
                .network(spec.inputShape(), OUTPUTS, StateInitializer.layout(spec), spec.seed(), ThreadTeam.ALONE);
        Evaluator evaluator = new Evaluator(spec, network, ThreadTeam.ALONE);
        Updater updater = new Updater(spec.training(), StateInitializer.layout(spec), ThreadTeam.ALONE);
        GradientRule gradients = new GradientRule(network, evaluator, updater, true);
        Rule rule = new LookAheadRule(spec, (LookAhead) spec.optimizer(), evaluator, gradients);
        Batch batch = new Batch(state.pending().shape());
        batch.add(sample(ENTRIES), spec.features().standardizer(), state.moments());

        evaluator.evaluate(state.weights().array(), state.labelRange(), batch, 0, 1);
        long before = THREADS.getCurrentThreadAllocatedBytes();
        assertThat(rule.add(state, batch, 0, 1, 1)).isZero();
        long reserved = THREADS.getCurrentThreadAllocatedBytes() - before;
        before = THREADS.getCurrentThreadAllocatedBytes();
        rule.apply(state, batch);
        long applied = THREADS.getCurrentThreadAllocatedBytes() - before;

        // One more entry for the bias.
        long expected = (ENTRIES + 1) * (long) (Integer.BYTES + Float.BYTES + numbers * OUTPUTS * Double.BYTES);
        assertThat(applied).as("after the sample was counted").isLessThan(OTHERS);
        assertThat(reserved).isBetween(expected, expected + OTHERS);
        assertThat(state.samples()).isEqualTo(2);
    }

    private static Sample sample(int entries) {
        int[] rows = new int[entries];
        Arrays.setAll(rows, i -> i + 1);
        float[] values = new float[entries];
        Arrays.fill(values, 1);
        return new Sample(
                new Sample.Features(new double[0], new float[0], rows, new int[0], values),
                new float[] {1},
                1,
                false,
                new Sample.Position(0, 0, 0, 0));
    }
}
