package io.freshet.cli.feed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.cli.console.CommandException;
import io.freshet.cli.input.Format;
import io.freshet.cli.input.RowFiles;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class CachedSamplesTest {
    private static final EpochPlan SHUFFLED = new EpochPlan(3, false, true, 7);
    private static final EpochPlan IN_ORDER = new EpochPlan(3, false, false, 7);

    @Test
    void rejects_a_file_that_exceeds_the_memory_limit() throws Exception {
        CachedSamples samples =
                new CachedSamples(new RowFiles(List.of(Path.of("large.csv")), Format.CSV, null), SHUFFLED, 3 << 20);
        byte[] sample = new byte[500_000];
        for (int i = 0; i < 6; i++) {
            samples.add(sample, 10);
        }
        assertThatThrownBy(() -> samples.add(sample, 10))
                .isInstanceOf(CommandException.class)
                .hasMessage(
                        "large.csv: too large to shuffle in memory: 7 rows take 3 MB (expected: up to 3 MB, a quarter of"
                                + " the Java heap; raise it with FRESHET_JAVA_OPTIONS=-Xmx...)");
    }

    /** Keeping some of them would send a later epoch without the others. */
    @Test
    void keeps_no_sample_of_a_file_that_exceeds_the_memory_limit_unless_it_is_shuffled() throws Exception {
        CachedSamples samples =
                new CachedSamples(new RowFiles(List.of(Path.of("large.csv")), Format.CSV, null), IN_ORDER, 3 << 20);
        byte[] sample = new byte[500_000];
        for (int i = 0; i < 6; i++) {
            samples.add(sample, 10);
        }
        assertThat(sent(samples)).isEqualTo(6);
        assertThat(samples.isComplete()).isTrue();
        samples.add(sample, 10);
        samples.add(new byte[1], 0);
        assertThat(samples.isComplete()).isFalse();
        assertThat(sent(samples)).isZero();
        assertThat(samples.bytes()).isEqualTo(3_500_001);
    }

    private static int sent(CachedSamples samples) throws Exception {
        ReceivedSamples received = new ReceivedSamples();
        samples.send(received, 1);
        return received.samples().size();
    }
}
