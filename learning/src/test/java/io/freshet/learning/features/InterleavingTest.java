package io.freshet.learning.features;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Would catch an order that comes back as another one, one that a restart changes, and one that grows with every turn. */
class InterleavingTest {
    @Test
    void turns_that_repeat_are_one_round_and_those_that_do_not_fit_begin_another() {
        Interleaving order = new Interleaving();
        take(order, 0, 2, 1, 2, 2, 2, 0, 2, 1, 2, 2, 2, 0, 1);
        assertThat(described(order)).containsExactly("0: 2x0 2x1 2x2");
        // Partition 0 has left in its turn.
        take(order, 1, 2, 2, 2, 1, 2, 2, 2, 1, 2);
        assertThat(described(order)).containsExactly("0: 2x0 2x1 2x2", "13: 2x1 2x2");
        // Partition 3 joins when the round ends.
        take(order, 2, 2, 3, 2, 1, 2, 2, 2, 3, 2);
        assertThat(described(order)).containsExactly("0: 2x0 2x1 2x2", "13: 2x1 2x2", "25: 2x3", "27: 2x1 2x2 2x3");
        assertThat(order.samples()).isEqualTo(33);
    }

    @Test
    void turns_that_become_longer_in_their_middle_are_soon_one_round_again() {
        Interleaving order = new Interleaving();
        take(order, 0, 3, 1, 3, 0, 3, 1, 3, 0, 5, 1, 5, 0, 5, 1, 5);
        for (int i = 0; i < 100; i++) {
            take(order, 0, 5, 1, 5);
        }
        assertThat(described(order)).containsExactly("0: 3x0 3x1", "15: 2x0", "17: 5x1", "22: 5x0 5x1");
    }

    @Test
    void those_left_over_at_the_end_are_few_turns() {
        Interleaving order = new Interleaving();
        for (int round = 0; round < 50; round++) {
            take(order, 0, 10, 1, round < 20 ? 10 : round == 20 ? 4 : 0, 2, round < 35 ? 10 : 0);
        }
        assertThat(described(order)).containsExactly("0: 10x0 10x1 10x2", "614: 10x2", "624: 10x0 10x2", "914: 140x0");
    }

    @Test
    void any_order_comes_back_whenever_it_was_written_and_read() {
        for (long seed = 1; seed <= 200; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            int partitions = random.nextInt(1, 5);
            List<Integer> received = new ArrayList<>();
            Interleaving whole = new Interleaving();
            Interleaving restarted = new Interleaving();
            int[] length = random.ints(partitions, 0, 6).toArray();
            while (received.size() < 400) {
                for (int partition = 0; partition < partitions; partition++) {
                    int samples = random.nextInt(30) == 0 ? random.nextInt(9) : length[partition];
                    for (int i = 0; i < samples + (partitions == 1 ? 1 : 0); i++) {
                        received.add(partition);
                        whole.received(partition);
                        restarted.received(partition);
                        if (random.nextInt(5) == 0) {
                            restarted = new Interleaving(restarted.rounds(), restarted.samples());
                        }
                    }
                }
                length[random.nextInt(partitions)] = random.nextInt(1, 6);
            }
            assertThat(described(restarted)).as("seed %s", seed).isEqualTo(described(whole));
            Interleaving read = whole.copy();
            for (int i = 0; i < received.size(); i++) {
                assertThat(read.partition(i)).as("seed %s, sample %s", seed, i).isEqualTo(received.get(i));
            }
            assertThat(read.samples()).isEqualTo(received.size());
        }
    }

    @Test
    void an_order_of_too_many_turns_is_not_kept() {
        SplittableRandom random = new SplittableRandom(1);
        Interleaving order = new Interleaving();
        int most = 0;
        for (int i = 0; i < 100_000 && (i == 0 || order.samples() > 0); i++) {
            order.received(random.nextInt(50));
            most = Math.max(
                    most,
                    order.rounds().values().stream().mapToInt(Round::turns).sum());
        }
        assertThat(most).isEqualTo(Interleaving.MOST_TURNS);
        assertThat(order.samples()).isZero();
        assertThat(order.rounds()).isEmpty();
    }

    @Test
    void there_is_no_partition_of_a_sample_that_did_not_come() {
        Interleaving order = new Interleaving();
        take(order, 0, 2);
        assertThatThrownBy(() -> order.partition(2))
                .isInstanceOf(IndexOutOfBoundsException.class)
                .hasMessage("sample: 2 (expected: from 0 to before 2)");
    }

    /** Receives samples of partitions: partition, count, partition, count, ... */
    private static void take(Interleaving order, int... turns) {
        for (int turn = 0; turn < turns.length; turn += 2) {
            for (int i = 0; i < turns[turn + 1]; i++) {
                order.received(turns[turn]);
            }
        }
    }

    private static List<String> described(Interleaving order) {
        List<String> described = new ArrayList<>();
        order.rounds().forEach((position, round) -> {
            StringBuilder text = new StringBuilder().append(position).append(':');
            for (int turn = 0; turn < round.turns(); turn++) {
                text.append(' ').append(round.samples(turn)).append('x').append(round.partition(turn));
            }
            described.add(text.toString());
        });
        return described;
    }
}
