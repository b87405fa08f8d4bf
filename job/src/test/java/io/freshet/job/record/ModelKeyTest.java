package io.freshet.job.record;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Would catch replicas that share a core while another has none. */
class ModelKeyTest {
    @ParameterizedTest
    @CsvSource({"2, 2", "2, 3", "3, 2", "4, 4", "8, 3", "29, 8", "64, 64", "128, 100"})
    void subtasks_have_as_many_replicas_as_others_give_or_take_one(int replicas, int parallelism) {
        for (String model : List.of("fashion-adam", "rounds", "clicks")) {
            List<String> keys = ModelKey.ofReplicas(model, replicas);
            int[] counts = new int[parallelism];
            for (String key : keys) {
                counts[KeyGroupRangeAssignment.assignKeyToParallelOperator(key, ModelKey.KEY_GROUPS, parallelism)]++;
            }
            int least = IntStream.of(counts).min().orElseThrow();
            int most = IntStream.of(counts).max().orElseThrow();
            assertThat(most - least).as(model).isLessThanOrEqualTo(1);
            assertThat(keys.stream().map(ModelKey::replica))
                    .containsExactlyElementsOf(
                            IntStream.range(0, replicas).boxed().toList());
        }
    }
}
