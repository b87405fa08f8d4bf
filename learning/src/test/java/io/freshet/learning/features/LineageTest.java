package io.freshet.learning.features;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Would catch a lineage that begins behind samples that came and were not learned, so that nobody can count them again. */
class LineageTest {
    @Test
    void begins_with_the_first_sample_that_came_of_each_partition() {
        Lineage lineage = new Lineage();
        lineage.received("a", 0, 2, 7, false);
        assertThat(lineage.firstOffsets()).containsExactly(7);
        assertThat(lineage.offsets()).as("nothing is learned yet").containsExactly(6);
        lineage.received("a", 0, 2, 9, false);
        lineage.learned(2, 9, 100);
        lineage.received("b", 1, 0, 0, false);
        lineage.received("b", 1, 0, 3, false);
        lineage.learned(0, 3, 50);

        assertThat(lineage.partitions()).containsExactly(2, 0);
        assertThat(lineage.firstOffsets()).containsExactly(7, 0);
        assertThat(lineage.offsets()).containsExactly(9, 3);
        assertThat(lineage.watermark()).isEqualTo(100);
        assertThat(lineage.position()).isEqualTo(4);
        assertThat(lineage.changes())
                .containsExactly(new Lineage.Change(0, 0, "a"), new Lineage.Change(2, 1, "b", 0, 0));
    }

    @Test
    void keeps_the_order_of_partitions_that_take_turns_from_the_first_sample_on() {
        Lineage lineage = new Lineage();
        assertThat(lineage.isOrdered()).isFalse();
        lineage.received("a", 0, 2, 7, true);
        lineage.received("a", 0, 0, 9, true);
        assertThat(lineage.isOrdered()).isTrue();
        assertThat(lineage.copy().order().partition(1)).isZero();

        lineage.received("b", 0, 0, 10, false);
        assertThat(lineage.isOrdered()).as("one came as it happened").isFalse();
        lineage.received("c", 0, 2, 8, true);
        assertThat(lineage.isOrdered()).isFalse();
        assertThat(lineage.order().samples()).isEqualTo(2);
    }

    @Test
    void joins_what_replicas_received_in_a_round_from_their_partitions() {
        Lineage merged = new Lineage();
        Lineage first = new Lineage();
        Lineage second = new Lineage();
        first.received("a", 0, 0, 5, false);
        first.learned(0, 5, 100);
        second.received("a", 0, 1, 9, false);
        second.received("a", 0, 1, 10, false);
        second.learned(1, 10, 300);
        merged.merged(first, 1, "a", 0);
        merged.merged(second, 2, "a", 0);
        first.nextWindow();
        second.nextWindow();
        first.received("b", 0, 0, 6, false);
        first.learned(0, 6, 200);
        merged.merged(first, 1, "b", 2);
        merged.merged(second, 0, "b", 2);

        assertThat(merged.partitions()).containsExactly(0, 1);
        assertThat(merged.firstOffsets()).containsExactly(5, 9);
        assertThat(merged.offsets()).containsExactly(6, 10);
        assertThat(merged.windowOffsets()).as("since the merged window began").containsExactly(5, 10);
        assertThat(merged.watermark()).isEqualTo(300);
        assertThat(merged.position()).isEqualTo(4);
        assertThat(merged.changes()).containsExactly(new Lineage.Change(0, 0, "a"), new Lineage.Change(3, 2, "b"));
        assertThat(merged.isOrdered()).isFalse();
    }

    /** Both are in every snapshot: a model that goes back again and again would outgrow what a producer sends. */
    @Test
    void what_is_undone_and_changed_most_often_is_kept_of_the_end_and_told_in_one_of_the_start() {
        Lineage lineage = new Lineage();
        for (int i = 0; i < 2 * Lineage.MOST_UNDONE; i++) {
            lineage.undo(10 * i, 10 * i + 5);
        }
        List<Lineage.Undone> undone = lineage.undone();
        assertThat(undone).hasSize(Lineage.MOST_UNDONE);
        assertThat(undone.subList(0, 2))
                .containsExactly(new Lineage.Undone(0, 10_005), new Lineage.Undone(10_010, 10_015));
        assertThat(undone.get(undone.size() - 1)).isEqualTo(new Lineage.Undone(19_990, 19_995));

        for (int i = 0; i < 2 * Lineage.MOST_CHANGES; i++) {
            lineage.received("h" + i % 2, i, 0, i, false);
        }
        List<Lineage.Change> changes = lineage.changes();
        assertThat(changes).hasSize(Lineage.MOST_CHANGES);
        assertThat(changes.get(0)).isEqualTo(new Lineage.Change(1000, 1000, "h0", 0, 1000));
        assertThat(changes.get(changes.size() - 1)).isEqualTo(new Lineage.Change(1999, 1999, "h1", 0, 1999));
    }
}
