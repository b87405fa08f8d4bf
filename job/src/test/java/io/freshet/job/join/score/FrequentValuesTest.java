package io.freshet.job.join.score;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Would catch a count above the true one, and a frequent value that is forgotten. */
class FrequentValuesTest {
    private static final long SEED = 20261201;

    @Test
    void counts_are_never_above_the_true_ones_and_frequent_values_are_kept() {
        SplittableRandom random = new SplittableRandom(SEED);
        FrequentValues values = new FrequentValues();
        Map<String, Long> exact = new HashMap<>();
        int n = 50_000;
        for (int i = 0; i < n; i++) {
            String value = random.nextInt(10) == 0 ? "often" : "v" + random.nextInt(10_000);
            long count = exact.merge(value, 1L, Long::sum);
            assertThat(values.add(value)).isBetween(1L, count);
        }
        // Never more than n / MOST occurrences of a value are missed.
        assertThat(values.add("often")).isGreaterThan(exact.get("often") - n / FrequentValues.MOST);
    }

    @Test
    void counts_of_few_values_are_exact() {
        FrequentValues values = new FrequentValues();
        for (int i = 0; i < 10 * FrequentValues.MOST; i++) {
            assertThat(values.add("v" + i % FrequentValues.MOST)).isEqualTo(1 + i / FrequentValues.MOST);
        }
    }

    @Test
    void counts_read_back_equal() throws IOException {
        SplittableRandom random = new SplittableRandom(SEED);
        FrequentValues values = new FrequentValues();
        for (int i = 0; i < 1_000; i++) {
            values.add("v" + random.nextInt(300));
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        values.write(new DataOutputStream(bytes));
        FrequentValues read = FrequentValues.read(new DataInputStream(new ByteArrayInputStream(bytes.toByteArray())));
        for (int i = 0; i < 1_000; i++) {
            String value = "v" + random.nextInt(300);
            assertThat(read.add(value)).isEqualTo(values.add(value));
        }
    }
}
