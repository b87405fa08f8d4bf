package io.freshet.learning.replica;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Would catch a change that does not lead to the numbers from which it was taken, down to the last bit. */
class BlockChangeTest {
    private static final int LENGTH = 4_000;

    @ParameterizedTest
    @ValueSource(doubles = {0, 0.01, 0.5, 1})
    void a_change_added_to_the_numbers_before_gives_those_after(double share) {
        SplittableRandom random = new SplittableRandom(7);
        float[] before = new float[3 * LENGTH];
        float[] after = new float[3 * LENGTH];
        for (int i = 0; i < before.length; i++) {
            before[i] = number(random);
            after[i] = random.nextDouble() < share ? number(random) : before[i];
        }
        BlockChange change = BlockChange.between(0, before, after, LENGTH);
        assertThat(change == null).isEqualTo(share == 0);
        if (change != null) {
            assertThat(change.coordinates() == null).isEqualTo(share > 0.01);
            double[] sums = IntStream.range(0, before.length)
                    .mapToDouble(i -> before[i])
                    .toArray();
            change.addTo(sums, LENGTH, 1);
            for (int i = 0; i < sums.length; i++) {
                assertThat((float) sums[i]).isEqualTo(after[i]);
            }
        }
    }

    /** Of any magnitude, so that a difference often does not fit one float. */
    private static float number(SplittableRandom random) {
        float one = (float) random.nextDouble(-1, 1);
        return switch (random.nextInt(4)) {
            case 0 -> 0;
            case 1 -> one;
            case 2 -> Math.scalb(one, random.nextInt(-60, 60));
            default -> Math.scalb(one, random.nextInt(-3, 3));
        };
    }

    @Test
    void lists_what_changed_and_what_did_not_fit_one_float() {
        float[] before = new float[10];
        before[3] = 1;
        float[] after = before.clone();
        after[3] = 1e-20f;
        after[7] = 2;
        BlockChange change = BlockChange.between(4, before, after, 10);
        assertThat(change.block()).isEqualTo(4);
        assertThat(change.coordinates()).containsExactly(3, 7);
        assertThat(change.changes()).containsExactly(-1, 2);
        assertThat(change.inexact()).containsExactly(0);
        assertThat(change.remainders()).containsExactly(1e-20f);
    }

    @Test
    void what_stays_infinite_has_not_changed_and_what_overflows_has_no_remainder() {
        float[] before = {Float.POSITIVE_INFINITY, 3e38f, 1, 1};
        float[] after = {Float.POSITIVE_INFINITY, -3e38f, 1, 1};
        BlockChange change = BlockChange.between(0, before, after, 4);
        assertThat(change.coordinates()).containsExactly(1);
        assertThat(change.changes()).containsExactly(Float.NEGATIVE_INFINITY);
        assertThat(change.inexact()).isEmpty();
    }

    @Test
    void a_change_applied_in_floats_has_the_bits_of_sums_in_doubles() {
        SplittableRandom random = new SplittableRandom(8);
        float[] numbers = new float[100_000];
        float[] changes = new float[numbers.length];
        double[] sums = new double[numbers.length];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = i % 2 == 0 ? number(random) : Float.intBitsToFloat(random.nextInt());
            changes[i] = i % 3 == 0 ? number(random) : Float.intBitsToFloat(random.nextInt());
            sums[i] = numbers[i];
        }
        int[] inexact = {0, 3, 99_999};
        BlockChange change = new BlockChange(0, null, changes, inexact, new float[] {1e-20f, 3, -1});
        change.addTo(sums, numbers.length, 1);
        float[] applied = change.appliedTo(numbers);
        for (int i = 0; i < numbers.length; i++) {
            assertThat(Float.floatToIntBits(applied[i])).isEqualTo(Float.floatToIntBits((float) sums[i]));
        }
    }
}
