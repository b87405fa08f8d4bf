package io.freshet.job.record;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Would catch replicas that share a core while another has none. */
class ModelKeyTest {
    @Test
    void subtasks_have_as_many_replicas_as_others_give_or_take_two() {
        for (int replicas = 1; replicas <= ModelKey.KEY_GROUPS; replicas++) {
            int[] groups = ModelKey.ofReplicas("clicks", replicas).stream()
                    .mapToInt(key -> KeyGroupRangeAssignment.assignToKeyGroup(key, ModelKey.KEY_GROUPS))
                    .toArray();
            for (int parallelism = 1; parallelism <= ModelKey.KEY_GROUPS; parallelism++) {
                int[] counts = new int[parallelism];
                for (int group : groups) {
                    counts[
                            KeyGroupRangeAssignment.computeOperatorIndexForKeyGroup(
                                    ModelKey.KEY_GROUPS, parallelism, group)]++;
                }
                int least = IntStream.of(counts).min().orElseThrow();
                int most = IntStream.of(counts).max().orElseThrow();
                assertThat(most - least)
                        .as("%d replicas in %d subtasks", replicas, parallelism)
                        .isLessThanOrEqualTo(replicas == parallelism && replicas <= 66 || replicas <= 12 ? 1 : 2);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"fashion-adam", "rounds", "clicks"})
    void two_replicas_are_in_two_subtasks_and_the_key_has_the_number(String model) {
        List<String> keys = ModelKey.ofReplicas(model, 2);
        assertThat(keys)
                .extracting(key -> KeyGroupRangeAssignment.assignKeyToParallelOperator(key, ModelKey.KEY_GROUPS, 2))
                .containsExactly(0, 1);
        assertThat(keys.stream().map(ModelKey::replica)).containsExactly(0, 1);
    }
}
