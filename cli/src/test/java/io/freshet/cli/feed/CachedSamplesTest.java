package io.freshet.cli.feed;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.cli.console.CommandException;
import io.freshet.learning.features.InvalidSampleException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class CachedSamplesTest {
    @Test
    void a_file_that_does_not_fit_is_refused_with_what_helps() throws Exception {
        CachedSamples samples = new CachedSamples(Path.of("large.csv"), 3 << 20);
        byte[] sample = new byte[500_000];
        for (int i = 0; i < 6; i++) {
            samples.add(sample);
        }
        assertThatThrownBy(() -> samples.add(sample))
                .isInstanceOf(CommandException.class)
                .hasMessage("large.csv: too large to be shuffled, 7 rows are 3 MB (expected: up to 3 MB, a quarter of"
                        + " Java's memory; FRESHET_JAVA_OPTIONS=-Xmx... gives it more)");
    }

    /** Its epoch may take four bytes more later on, when its row cannot be named any more. */
    @Test
    void a_sample_that_a_later_epoch_would_make_too_long_is_refused_at_once() throws Exception {
        CachedSamples samples = new CachedSamples(Path.of("wide.csv"), 1 << 30);
        samples.add(new byte[(900 << 10) - 5]);
        assertThatThrownBy(() -> samples.add(new byte[900 << 10])).isInstanceOf(InvalidSampleException.class);
    }
}
