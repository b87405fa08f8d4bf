package io.freshet.learning.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Would catch a turn that is too long, a partition that is skipped or repeated, and a decision used too early. */
class RoundRobinTest {
    @Test
    void partitions_take_turns_of_count_samples() {
        assertThat(take(RoundRobin.among(3), 2, 14)).containsExactly(0, 0, 1, 1, 2, 2, 0, 0, 1, 1, 2, 2, 0, 0);
        assertThat(take(RoundRobin.among(1), 2, 3)).containsExactly(0, 0, 0);
    }

    @Test
    void a_changed_count_applies_to_the_current_turn() {
        RoundRobin turns = RoundRobin.among(2);
        take(turns, 5, 3);
        assertThat(take(turns, 3, 4)).containsExactly(1, 1, 1, 0);
        assertThat(take(turns, 4, 4)).containsExactly(0, 0, 0, 1);
    }

    @Test
    void a_turn_ends_at_once_when_its_partition_leaves() {
        RoundRobin turns = RoundRobin.among(3);
        take(turns, 2, 3);
        turns.decide(List.of(1), List.of());
        assertThat(turns.current(2)).isEqualTo(RoundRobin.NOBODY);
        turns.durable();
        assertThat(take(turns, 2, 6)).containsExactly(2, 2, 0, 0, 2, 2);
    }

    @Test
    void another_partition_that_leaves_does_not_end_the_turn() {
        RoundRobin turns = RoundRobin.among(3);
        take(turns, 2, 1);
        turns.decide(List.of(1), List.of());
        turns.durable();
        assertThat(take(turns, 2, 5)).containsExactly(0, 2, 2, 0, 0);
    }

    @Test
    void a_partition_joins_after_the_round_once_the_decision_is_durable() {
        RoundRobin turns = RoundRobin.among(2);
        take(turns, 2, 1);
        turns.decide(List.of(), List.of(4, 2));
        assertThat(turns.isDurable()).isFalse();
        assertThat(turns.knows(4)).isTrue();
        assertThat(take(turns, 2, 9)).as("to the round's end").containsExactly(0, 1, 1);
        turns.durable();
        assertThat(take(turns, 2, 9)).containsExactly(0, 0, 1, 1, 2, 2, 4, 4, 0);
    }

    @Test
    void all_partitions_can_leave_while_another_joins() {
        RoundRobin turns = RoundRobin.among(2);
        take(turns, 2, 1);
        turns.decide(List.of(0, 1), List.of(7));
        assertThat(turns.current(2)).isEqualTo(RoundRobin.NOBODY);
        turns.durable();
        assertThat(take(turns, 2, 3)).containsExactly(7, 7, 7);
        turns.decide(List.of(7), List.of());
        turns.durable();
        assertThat(turns.current(2)).isEqualTo(RoundRobin.NOBODY);
        turns.decide(List.of(), List.of(0));
        turns.durable();
        assertThat(take(turns, 2, 1)).containsExactly(0);
    }

    @Test
    void a_partition_can_leave_while_another_waits_for_the_end_of_the_round() {
        RoundRobin turns = RoundRobin.among(2);
        take(turns, 2, 1);
        turns.decide(List.of(), List.of(2));
        turns.durable();
        turns.decide(List.of(0), List.of(3));
        turns.durable();
        assertThat(take(turns, 2, 8)).containsExactly(1, 1, 1, 1, 2, 2, 3, 3);
    }

    @Test
    void a_turn_can_be_passed() {
        RoundRobin turns = RoundRobin.among(3);
        take(turns, 2, 3);
        turns.pass();
        assertThat(take(turns, 2, 3)).containsExactly(2, 2, 0);
    }

    @Test
    void a_decision_must_be_durable_before_the_next() {
        RoundRobin turns = RoundRobin.among(3);
        turns.decide(List.of(), List.of());
        turns.decide(List.of(0), List.of());
        assertThatThrownBy(() -> turns.decide(List.of(1), List.of()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("leave [0], join [] (expected: durable before the next)");
    }

    /** A decision made before the bytes were written applies to their reader as to their writer. */
    @Test
    void continues_from_bytes_at_any_sample() throws IOException {
        for (int at = 0; at < 30; at++) {
            RoundRobin turns = RoundRobin.among(3);
            take(turns, 4, at);
            turns.decide(List.of(1), List.of(5));
            RoundRobin read = read(turns);
            turns.durable();
            assertThat(read.members()).isEqualTo(turns.members());
            assertThat(take(read, 4, 40)).as("after %s", at).isEqualTo(take(turns, 4, 40));
            assertThat(read.turns()).isEqualTo(turns.turns());
        }
    }

    @Test
    void rejects_bytes_of_another_version() {
        assertThatThrownBy(() -> RoundRobin.read(new DataInputStream(new ByteArrayInputStream(new byte[] {9}))))
                .hasMessage("turns: version 9 (expected: 1)");
    }

    private static RoundRobin read(RoundRobin turns) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        turns.write(new DataOutputStream(bytes));
        return RoundRobin.read(new DataInputStream(new ByteArrayInputStream(bytes.toByteArray())));
    }

    /** Takes up to n samples; returns the partition of each. */
    private static List<Integer> take(RoundRobin turns, int count, int samples) {
        List<Integer> partitions = new ArrayList<>();
        while (partitions.size() < samples) {
            int partition = turns.current(count);
            if (partition == RoundRobin.NOBODY) {
                break;
            }
            partitions.add(partition);
            turns.took();
        }
        return partitions;
    }
}
