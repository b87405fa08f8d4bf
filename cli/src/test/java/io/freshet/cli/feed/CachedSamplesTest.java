package io.freshet.cli.feed;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.cli.console.CommandException;
import io.freshet.cli.input.Format;
import io.freshet.cli.input.RowFiles;
import io.freshet.learning.features.InvalidSampleException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class CachedSamplesTest {
    @Test
    void rejects_a_file_that_exceeds_the_memory_limit() throws Exception {
        CachedSamples samples =
                new CachedSamples(new RowFiles(List.of(Path.of("large.csv")), Format.CSV, null), 3 << 20);
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

    /** A later epoch number may take four more bytes, but by then the row number is unknown. */
    @Test
    void rejects_a_sample_that_would_be_too_long_in_a_later_epoch() throws Exception {
        CachedSamples samples =
                new CachedSamples(new RowFiles(List.of(Path.of("wide.csv")), Format.CSV, null), 1 << 30);
        samples.add(new byte[(900 << 10) - 5], 10);
        assertThatThrownBy(() -> samples.add(new byte[900 << 10], 10)).isInstanceOf(InvalidSampleException.class);
    }
}
