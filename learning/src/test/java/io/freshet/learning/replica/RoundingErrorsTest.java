package io.freshet.learning.replica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.freshet.learning.merge.BlockChange;
import io.freshet.learning.merge.Transfer;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Would catch a change that rounding loses for good, and an error that is added to another coordinate. */
class RoundingErrorsTest {
    private static final long SEED = 20261128;
    private static final int LENGTH = 40;
    private static final int ROUNDS = 500;
    private static final float[] NO_SQUARES = {};

    /** The parts are parameters and a slot. On average, a round changes one of every {@code oneIn} coordinates. */
    @ParameterizedTest
    @CsvSource({"1, 1", "2, 1", "1, 2", "1, 20", "2, 20"})
    void what_was_sent_and_what_is_owed_add_up_to_what_was_learned(int parts, int oneIn) {
        SplittableRandom random = new SplittableRandom(SEED);
        RoundingErrors errors = new RoundingErrors();
        float[] values = new float[parts * LENGTH];
        double[] received = new double[values.length];
        float[] learned = new float[values.length];
        for (int round = 0; round < ROUNDS; round++) {
            float[] after = values.clone();
            for (int i = 0; i < LENGTH; i++) {
                if (random.nextInt(oneIn) == 0) {
                    for (int part = 0; part < parts; part++) {
                        after[part * LENGTH + i] += (float) random.nextDouble(-0.01, 0.011);
                    }
                }
            }
            BlockChange change = BlockChange.between(3, values, after, LENGTH, NO_SQUARES, Transfer.BFLOAT16);
            if (change != null) {
                BlockChange sent = errors.rounded(change, LENGTH);
                assertThat(sent.coordinates()).isEqualTo(change.coordinates());
                for (float number : sent.changes()) {
                    assertThat(Float.floatToIntBits(number) & 0xffff).isZero();
                }
                sent.addTo(received, LENGTH, 0, parts, 1);
            }
            values = after;
            learned = after;
        }
        for (int i = 0; i < learned.length; i++) {
            assertThat(received[i]).as("%d, seed %d", i, SEED).isCloseTo(learned[i], within(5e-5));
        }
    }

    @Test
    void rounds_to_the_nearest_and_to_even_halfway() {
        assertThat(rounded(1 + 1f / 256)).as("halfway, below even").isEqualTo(1);
        assertThat(rounded(1 + 3f / 256)).as("halfway, above even").isEqualTo(1 + 4f / 256);
        assertThat(rounded(Math.nextUp(1 + 1f / 256))).isEqualTo(1 + 2f / 256);
        assertThat(rounded(-1 - 3f / 256)).isEqualTo(-1 - 4f / 256);
        assertThat(rounded(Float.NaN)).isNaN();
    }

    @Test
    void owes_nothing_after_a_change_that_overflows() {
        RoundingErrors errors = new RoundingErrors();
        assertThat(errors.rounded(change(Float.MAX_VALUE), 1).changes()[0]).isInfinite();
        assertThat(errors.rounded(change(1), 1).changes()).containsExactly(1);
    }

    @Test
    void owes_nothing_instead_of_a_subnormal_number() {
        RoundingErrors errors = new RoundingErrors();
        float change = Float.MIN_NORMAL * (1 + 3f / 512);
        for (int round = 0; round < 3; round++) {
            float sent = errors.rounded(change(change), 1).changes()[0];
            assertThat(sent).as("round %d", round).isEqualTo(Float.MIN_NORMAL * (1 + 4f / 512));
        }
    }

    private static float rounded(float number) {
        return new RoundingErrors().rounded(change(number), 1).changes()[0];
    }

    private static BlockChange change(float number) {
        return new BlockChange(0, null, new float[] {number}, new int[0], new float[0], NO_SQUARES);
    }
}
