package io.freshet.learning.learner;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Would catch a lineage that begins behind samples that came and were not learned, so that nobody can count them again. */
class LineageTest {
    @Test
    void begins_with_the_first_sample_that_came_of_each_partition() {
        Lineage lineage = new Lineage();
        lineage.came("a", 0, 2, 7, false);
        assertThat(lineage.firstOffsets()).containsExactly(7);
        assertThat(lineage.offsets()).as("nothing is learned yet").containsExactly(6);
        lineage.came("a", 0, 2, 9, false);
        lineage.learned(2, 9, 100);
        lineage.came("b", 1, 0, 0, false);
        lineage.came("b", 1, 0, 3, false);
        lineage.learned(0, 3, 50);

        assertThat(lineage.partitions()).containsExactly(2, 0);
        assertThat(lineage.firstOffsets()).containsExactly(7, 0);
        assertThat(lineage.offsets()).containsExactly(9, 3);
        assertThat(lineage.watermark()).isEqualTo(100);
        assertThat(lineage.position()).isEqualTo(4);
        assertThat(lineage.changes()).containsExactly(new Lineage.Change(0, 0, "a"), new Lineage.Change(2, 1, "b"));
    }

    @Test
    void keeps_the_order_of_partitions_that_take_turns_from_the_first_sample_on() {
        Lineage lineage = new Lineage();
        assertThat(lineage.isOrdered()).isFalse();
        lineage.came("a", 0, 2, 7, true);
        lineage.came("a", 0, 0, 9, true);
        assertThat(lineage.isOrdered()).isTrue();
        assertThat(lineage.copy().order().partition(1)).isZero();

        lineage.came("b", 0, 0, 10, false);
        assertThat(lineage.isOrdered()).as("one came as it happened").isFalse();
        lineage.came("c", 0, 2, 8, true);
        assertThat(lineage.isOrdered()).isFalse();
        assertThat(lineage.order().samples()).isEqualTo(2);
    }
}
