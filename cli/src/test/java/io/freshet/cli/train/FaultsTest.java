package io.freshet.cli.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.cli.console.CommandException;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Catches two faults without a record between them: the second could never happen. */
class FaultsTest {
    @ParameterizedTest
    @CsvSource({"1, 3", "2, 7", "5, 15", "7, 22", "100, 301", "3, 1000000000000"})
    void positions_are_apart_and_within_the_stream(int count, long records) throws CommandException {
        for (long seed = 0; seed < 200; seed++) {
            long[] positions = new Faults(count, seed).positions(records);
            assertThat(positions).as("seed " + seed).hasSize(count);
            for (int i = 0; i < count; i++) {
                assertThat(positions[i] - (i == 0 ? 0 : positions[i - 1])).isGreaterThanOrEqualTo(2);
            }
            assertThat(positions[count - 1]).isLessThan(records);
        }
    }

    @Test
    void positions_depend_only_on_the_seed() throws CommandException {
        assertThat(new Faults(5, 3).positions(10_000)).isEqualTo(new Faults(5, 3).positions(10_000));
        assertThat(Arrays.equals(new Faults(5, 3).positions(10_000), new Faults(5, 4).positions(10_000)))
                .isFalse();
        assertThat(Faults.NONE.positions(0)).isEmpty();
    }

    @Test
    void rejects_more_faults_than_fit() {
        assertThatThrownBy(() -> new Faults(5, 0).positions(14))
                .isInstanceOf(CommandException.class)
                .hasMessage("--faults: 5 (expected: at most a third of the 14 records of the stream)");
    }
}
