package io.freshet.cli.feed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.cli.console.CommandException;
import io.freshet.cli.input.Format;
import io.freshet.cli.input.RowFiles;
import io.freshet.job.record.KeyedSample;
import io.freshet.learning.features.Sample;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class CachedSamplesTest {
    private static final EpochPlan SHUFFLED = new EpochPlan(3, false, true, 7);
    private static final EpochPlan IN_ORDER = new EpochPlan(3, false, false, 7);
    private static final RowFiles FILES = new RowFiles(List.of(Path.of("large.csv")), Format.CSV, null);

    @Test
    void rejects_a_file_that_exceeds_the_memory_limit() throws Exception {
        CachedSamples samples = new CachedSamples(FILES, SHUFFLED, 3 << 20);
        for (int i = 0; i < 6; i++) {
            samples.add(row(500_000));
        }
        assertThatThrownBy(() -> samples.add(row(500_000)))
                .isInstanceOf(CommandException.class)
                .hasMessage(
                        "large.csv: too large to shuffle in memory: 7 rows take 3 MB (expected: up to 3 MB, a quarter of"
                                + " the Java heap; raise it with FRESHET_JAVA_OPTIONS=-Xmx...)");
    }

    /** Keeping some of them would pass a later epoch without the others. */
    @Test
    void keeps_no_sample_of_a_file_that_exceeds_the_memory_limit_unless_it_is_shuffled() throws Exception {
        CachedSamples samples = new CachedSamples(FILES, IN_ORDER, 3 << 20);
        for (int i = 0; i < 6; i++) {
            samples.add(row(500_000));
        }
        assertThat(passed(samples)).isEqualTo(6);
        assertThat(samples.isComplete()).isTrue();
        samples.add(row(500_000));
        samples.add(row(8));
        assertThat(samples.isComplete()).isFalse();
        assertThat(passed(samples)).isZero();
    }

    /** Variants of a model most often learn the same: a comparison of many must not need as many times the memory. */
    @Test
    void keeps_samples_that_are_alike_once() throws Exception {
        CachedSamples samples = new CachedSamples(FILES, SHUFFLED, 600_000);
        samples.add(new KeyedSample[] {keyed(500_000, 1), keyed(500_000, 1), null});
        assertThat(passed(samples)).isEqualTo(2);
        assertThatThrownBy(() -> new CachedSamples(FILES, SHUFFLED, 600_000)
                        .add(new KeyedSample[] {keyed(500_000, 1), keyed(500_000, 2)}))
                .hasMessageContaining("too large to shuffle in memory: 1 row ");
    }

    private static KeyedSample[] row(int bytes) {
        return new KeyedSample[] {keyed(bytes, 1)};
    }

    private static KeyedSample keyed(int bytes, float label) {
        double[] numbers = new double[bytes / Double.BYTES];
        Sample.Position position = new Sample.Position(0, 0, 1, 0);
        return new KeyedSample("m/", 1, Sample.of(numbers, new int[0], new float[0], label, 1, position));
    }

    private static int passed(CachedSamples samples) throws Exception {
        ReceivedSamples received = new ReceivedSamples();
        samples.pass(received, 1, 1);
        return received.samples().size();
    }
}
