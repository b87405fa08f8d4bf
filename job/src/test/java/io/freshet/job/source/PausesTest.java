package io.freshet.job.source;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Would catch subtasks that wait for each other forever, and a bounded run that never ends. */
class PausesTest {
    private final Pauses pauses = new Pauses(3);

    @BeforeEach
    void all_partitions_are_read() {
        pauses.reading(0, Set.of(0, 2));
        pauses.reading(1, Set.of(1));
    }

    @Test
    void partitions_that_any_subtask_has_enough_of_are_paused() {
        pauses.demand("learn", 0, demand(Set.of(1), Set.of(0)));
        pauses.demand("learn", 1, demand(Set.of(2), Set.of(0)));
        assertThat(pauses.paused()).containsExactly(1, 2);
        pauses.demand("learn", 0, Demand.all());
        assertThat(pauses.paused()).containsExactly(2);
    }

    @Test
    void subtasks_of_several_operators_have_demands_of_their_own() {
        pauses.demand("learn", 0, demand(Set.of(1), Set.of(0)));
        pauses.demand("replicate", 0, Demand.all());
        assertThat(pauses.paused()).containsExactly(1);
    }

    @Test
    void models_that_await_each_others_full_partitions_get_both() {
        pauses.demand("learn", 0, demand(Set.of(1, 2), Set.of(0)));
        pauses.demand("learn", 1, demand(Set.of(0, 2), Set.of(1)));
        assertThat(pauses.paused()).containsExactly(2);
    }

    @Test
    void nothing_is_paused_once_a_partition_has_ended() {
        pauses.demand("learn", 0, demand(Set.of(1), Set.of(0)));
        pauses.reading(0, Set.of(2));
        assertThat(pauses.paused()).isEmpty();
    }

    private static Demand demand(Set<Integer> full, Set<Integer> awaited) {
        return new Demand(new TreeSet<>(full), new TreeSet<>(awaited));
    }
}
