package io.freshet.learning.encode;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.learning.spec.MissingSpec;
import io.freshet.learning.spec.ModelSpec;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Would catch chosen features that take quadratic time, and another order of rows or of sums if the features are chosen: gradients
 * are summed in the order of the rows, so either changes the learned bits.
 */
class HashedRowsTest {
    private static final int BITS = 22;
    private static final int FIRST = 1;
    private static final long SEED = 20261129;
    private static final HashedField FIELD =
            new HashedField("s", 0, 0, false, MissingWords.ofTexts(MissingSpec.REJECT));
    private static final ModelSpec MERGED =
            ModelSpec.parse("{name: m, label: y, features: {sparse: [s, t], hashBits: 22}, loss: mean-squared-error}");
    private static final ModelSpec SEPARATE =
            ModelSpec.parse("{name: m, label: y, features: {sparse: [s, t], hashBits: 22},"
                    + " loss: mean-squared-error, model: {type: embedding-mlp, dimension: 2, hidden: [2]}}");

    @Test
    void rows_and_sums_are_in_the_order_of_the_features_however_they_are_chosen() throws Exception {
        SplittableRandom random = new SplittableRandom(SEED);
        int[] colliding = colliding(20_000);
        for (ModelSpec spec : List.of(MERGED, SEPARATE)) {
            HashedRows rows = new HashedRows(spec);
            for (int trial = 0; trial < 60; trial++) {
                List<Entry> one = draw(random, colliding, trial);
                List<Entry> other = draw(random, colliding, trial + 1);
                assertSame(rows, spec, one, other, trial);
            }
        }
    }

    private static void assertSame(HashedRows rows, ModelSpec spec, List<Entry> one, List<Entry> other, int trial)
            throws Exception {
        rows.clear();
        one.forEach(entry -> rows.entry(FIELD, entry.bucket, 0, entry.value));
        rows.endField();
        other.forEach(entry -> rows.entry(FIELD, entry.bucket, 0, entry.value));
        rows.endField();
        rows.finish();
        int[] actualRows = new int[rows.size()];
        float[] actualValues = new float[actualRows.length];
        rows.copyTo(actualRows, actualValues);

        List<Map.Entry<Integer, Float>> expected = new ArrayList<>(sums(one));
        int[] ends = {expected.size(), 0};
        if (spec == SEPARATE) {
            expected.addAll(sums(other));
        } else {
            List<Entry> both = new ArrayList<>(one);
            both.addAll(other);
            expected = sums(both);
        }
        ends[1] = expected.size();
        assertThat(actualRows)
                .as("seed %d, trial %d", SEED, trial)
                .isEqualTo(expected.stream().mapToInt(Map.Entry::getKey).toArray());
        for (int i = 0; i < actualValues.length; i++) {
            assertThat(Float.floatToRawIntBits(actualValues[i]))
                    .isEqualTo(Float.floatToRawIntBits(expected.get(i).getValue()));
        }
        assertThat(rows.ends()).isEqualTo(spec == SEPARATE ? ends : new int[0]);
    }

    /** Returns the sum of each row, in the order in which the rows occur first. */
    private static List<Map.Entry<Integer, Float>> sums(List<Entry> entries) {
        Map<Integer, Float> sums = new LinkedHashMap<>();
        for (Entry entry : entries) {
            sums.merge(FIRST + entry.bucket, entry.value, Float::sum);
        }
        return new ArrayList<>(sums.entrySet());
    }

    /** Returns random features, chosen ones, or both; with and without many duplicates. */
    private static List<Entry> draw(SplittableRandom random, int[] colliding, int trial) {
        int count = random.nextInt(1, trial % 5 == 0 ? 40_000 : 300);
        int distinct = Math.max(1, trial % 2 == 0 ? count : count / 10);
        List<Entry> entries = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int bucket = trial % 3 == 0
                    ? random.nextInt(Math.min(distinct, 1 << BITS))
                    : colliding[random.nextInt(Math.min(distinct, colliding.length))];
            entries.add(new Entry(bucket, (float) random.nextDouble(-1, 1)));
        }
        return entries;
    }

    /** The table would need 2 * 10^10 steps. */
    @Test
    @Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void chosen_features_take_about_as_many_steps_as_others() {
        int[] colliding = colliding(200_000);
        HashedRows rows = new HashedRows(MERGED);
        rows.clear();
        for (int bucket : colliding) {
            rows.entry(FIELD, bucket, 0, 1);
        }
        rows.finish();
        assertThat(rows.size()).isEqualTo(colliding.length);
    }

    /** Returns buckets whose rows are next to each other in the table, the last one first. */
    private static int[] colliding(int count) {
        return IntStream.range(0, 1 << BITS)
                .mapToLong(bucket -> Integer.toUnsignedLong((FIRST + bucket) * 0x9e3779b9) << 32 | bucket)
                .sorted()
                .limit(count)
                .mapToInt(packed -> (int) packed)
                .toArray();
    }

    private record Entry(int bucket, float value) {}
}
