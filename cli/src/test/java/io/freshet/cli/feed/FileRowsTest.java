package io.freshet.cli.feed;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.learning.math.Permutation;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Catches a rejected sample that is reported with the number of another row. */
class FileRowsTest {
    private static final Set<Integer> INVALID = Set.of(1, 2, 5, 9, 10);
    private static final long SEED = 5;

    @Test
    void numbers_the_valid_rows_as_in_the_file_in_every_epoch() {
        FileRows rows = rows(false);
        List<Long> numbers = new ArrayList<>();
        for (long offset = 0; offset < 2 * rows.passed(); offset++) {
            numbers.add(rows.row(offset));
        }
        assertThat(numbers).containsExactly(3L, 4L, 6L, 7L, 8L, 3L, 4L, 6L, 7L, 8L);
        assertThat(rows.total()).isEqualTo(10);
    }

    @Test
    void follows_the_order_of_each_epoch() {
        FileRows rows = rows(true);
        List<Long> valid = List.of(3L, 4L, 6L, 7L, 8L);
        for (int epoch : new int[] {1, 0, 1}) {
            int[] order = Permutation.of(SEED, epoch, 5);
            for (int i = 0; i < 5; i++) {
                assertThat(rows.row(epoch * 5L + i)).isEqualTo(valid.get(order[i]));
            }
        }
    }

    private static FileRows rows(boolean shuffle) {
        FileRows rows = new FileRows(new EpochPlan(2, false, shuffle, SEED));
        for (int row = 1; row <= 10; row++) {
            if (INVALID.contains(row)) {
                rows.addInvalid(row);
            } else {
                rows.addPassed();
            }
        }
        return rows;
    }
}
