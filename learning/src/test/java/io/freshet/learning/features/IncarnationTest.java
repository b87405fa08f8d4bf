package io.freshet.learning.features;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Would catch a model learned from scratch that counts as the same incarnation, and a recovery that counts as a new one. */
class IncarnationTest {
    @Test
    void a_life_is_one_whatever_partitions_joined_and_in_whichever_order() {
        Lineage lineage = new Lineage();
        lineage.received("a", 0, 2, 7, false);
        Incarnation first = lineage.origin();
        lineage.received("a", 0, 0, 3, false);
        lineage.received("b", 0, 2, 8, false);
        Incarnation later = lineage.origin();

        assertOne(first, later, true);
        assertOne(later, new Incarnation(new int[] {0, 2}, new long[] {3, 7}), true);
        assertThat(first.partitions()).as("as it was then").containsExactly(2);
    }

    @Test
    void other_first_samples_are_another_life() {
        Incarnation origin = new Incarnation(new int[] {0, 2}, new long[] {3, 7});
        assertOne(origin, new Incarnation(new int[] {0, 2}, new long[] {3, 9}), false);
        assertOne(origin, new Incarnation(new int[] {2, 0}, new long[] {3, 7}), false);
        assertOne(origin, new Incarnation(new int[] {2}, new long[] {8}), false);
    }

    @Test
    void nothing_in_common_is_another_life() {
        assertOne(
                new Incarnation(new int[] {0}, new long[] {7}), new Incarnation(new int[] {1}, new long[] {7}), false);
    }

    @Test
    void what_is_not_known_may_be_any_life() {
        assertOne(Incarnation.UNKNOWN, new Incarnation(new int[] {1}, new long[] {7}), true);
        assertOne(Incarnation.UNKNOWN, Incarnation.UNKNOWN, true);
    }

    private static void assertOne(Incarnation a, Incarnation b, boolean one) {
        assertThat(a.isSameIncarnation(b)).isEqualTo(one);
        assertThat(b.isSameIncarnation(a)).isEqualTo(one);
    }
}
