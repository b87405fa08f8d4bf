package io.freshet.job.learn;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.job.TestStream;
import io.freshet.job.learn.LearnHarness.Backend;
import io.freshet.job.source.Demand;
import io.freshet.learning.spec.ModelSpec;
import java.util.Set;
import java.util.TreeSet;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.junit.jupiter.api.Test;

/** Would catch a partition that is never paused, or never resumed. */
class DemandHarnessTest {
    private static final int COUNT = 5_000;
    private static final int LIMIT = 10_000;
    private static final ModelSpec SPEC = ModelSpec.parse(
            TestStream.whole(1).toYaml().replace("order: arrival", "order: {type: strict, count: " + COUNT + "}"));

    @Test
    void a_partition_is_full_at_the_limit_until_half_of_it_is_learned_also_after_a_restore() throws Exception {
        try (LearnHarness harness = LearnHarness.start(SPEC)) {
            assertThat(harness.takeDemands())
                    .as("a source may know an older one")
                    .containsExactly(Demand.all());
            learn(harness, 1, 0, LIMIT - 1);
            assertThat(harness.takeDemands()).isEmpty();
            learn(harness, 1, LIMIT - 1, LIMIT);
            assertThat(harness.takeDemands()).containsExactly(demand(Set.of(1), Set.of(0)));
            OperatorSubtaskState checkpoint = harness.snapshot();

            learn(harness, 0, 0, COUNT - 1);
            assertThat(harness.takeDemands()).isEmpty();
            learn(harness, 0, COUNT - 1, COUNT);
            assertThat(harness.takeDemands()).as("its turn is over").containsExactly(Demand.all());

            try (LearnHarness restored = LearnHarness.restore(Backend.HEAP, checkpoint)) {
                assertThat(restored.takeDemands()).containsExactly(demand(Set.of(1), Set.of()));
                learn(restored, 0, 0, 1);
                assertThat(restored.takeDemands()).containsExactly(demand(Set.of(1), Set.of(0)));
            }
        }
    }

    @Test
    void a_deleted_model_demands_nothing() throws Exception {
        try (LearnHarness harness = LearnHarness.start(SPEC)) {
            learn(harness, 1, 0, LIMIT);
            harness.takeDemands();
            harness.delete(SPEC);
            assertThat(harness.takeDemands()).containsExactly(Demand.all());
        }
    }

    @Test
    void a_changed_order_resumes_all_partitions() throws Exception {
        try (LearnHarness harness = LearnHarness.start(SPEC)) {
            learn(harness, 1, 0, LIMIT);
            harness.takeDemands();
            harness.apply(TestStream.whole(1));
            assertThat(harness.takeDemands()).containsExactly(Demand.all());
        }
    }

    private static void learn(LearnHarness harness, int partition, int from, int to) throws Exception {
        for (int offset = from; offset < to; offset++) {
            harness.learn(TestStream.sample(SPEC, partition, offset));
        }
    }

    private static Demand demand(Set<Integer> full, Set<Integer> awaited) {
        return new Demand(new TreeSet<>(full), new TreeSet<>(awaited));
    }
}
