package io.freshet.job.learn;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.job.TestStream;
import io.freshet.job.state.ModelState;
import io.freshet.learning.learner.Learner;
import io.freshet.learning.learner.LearnerState;
import io.freshet.learning.model.Weights;
import io.freshet.learning.spec.ModelSpec;
import java.util.ArrayList;
import java.util.List;

/** A model in strict order, and what a plain loop learns in that order. */
abstract class StrictOrderRun {
    static final int COUNT = 7;
    static final ModelSpec SPEC = strict("idle: 0");

    static void learn(LearnHarness harness, int partition, long from, long to) throws Exception {
        learn(harness, SPEC, partition, from, to);
    }

    static void learn(LearnHarness harness, ModelSpec spec, int partition, long from, long to) throws Exception {
        for (long offset = from; offset < to; offset++) {
            harness.learn(TestStream.sample(spec, partition, offset));
        }
    }

    static long learned(LearnHarness harness) throws Exception {
        ModelState state = harness.models().get("whole/");
        return state == null ? 0 : state.learner().samples();
    }

    static Weights weights(LearnHarness harness) throws Exception {
        return harness.models().get("whole/").learner().weights();
    }

    /** Returns the partition and offset of each sample, taking turns to the end of all partitions. */
    static List<long[]> turns(int count, int... sizes) {
        List<long[]> order = new ArrayList<>();
        int rounds = java.util.Arrays.stream(sizes).max().orElseThrow() / count + 1;
        for (int round = 0; round < rounds; round++) {
            for (int partition = 0; partition < sizes.length; partition++) {
                take(order, partition, round * count, Math.min(sizes[partition], (round + 1) * count));
            }
        }
        return order;
    }

    static void take(List<long[]> order, int partition, int from, int to) {
        for (int offset = from; offset < to; offset++) {
            order.add(new long[] {partition, offset});
        }
    }

    static LearnerState learned(ModelSpec spec, List<long[]> order) {
        Learner learner = new Learner(spec);
        LearnerState state = learner.start();
        for (long[] origin : order) {
            learner.learn(
                    state, TestStream.sample(spec, (int) origin[0], origin[1]).sample());
        }
        return state;
    }

    static Weights weights(ModelSpec spec, List<long[]> order) {
        return learned(spec, order).weights();
    }

    static ModelSpec strict(String idle) {
        return changed(
                TestStream.whole(1), "order: arrival", "order: {type: strict, count: " + COUNT + ", " + idle + "}");
    }

    static ModelSpec changed(ModelSpec spec, String from, String to) {
        String yaml = spec.toYaml();
        assertThat(yaml).contains(from);
        return ModelSpec.parse(yaml.replace(from, to));
    }
}
