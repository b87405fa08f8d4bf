package io.freshet.cli.feed;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.cli.input.RowFiles;
import io.freshet.learning.spec.ModelSpec;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Catches a later epoch whose samples depend on whether they were kept in memory, or that rejects a row again. */
class FileFeedTest {
    private static final ModelSpec SPEC = ModelSpec.parse(
            "{name: m, label: y, features: {numeric: [x]}, loss: mean-squared-error, epochs: 70, holdout: 0.2}");

    @TempDir
    Path directory;

    @Test
    void sends_the_same_samples_from_memory_and_from_the_file() throws Exception {
        Path file = directory.resolve("rows.csv");
        Files.write(file, List.of("x,y", "1,2", "3,none", "5,6", "7,8"));
        FileFeed feed = new FileFeed(RowFiles.of(List.of(file), null, null, "--input"), List.of(SPEC));
        Received kept = new Received();
        FileFeed.Sent sent = feed.send(kept, EpochPlan.of(List.of(SPEC)), 1 << 20);
        Received read = new Received();
        assertThat(feed.send(read, EpochPlan.of(List.of(SPEC)), 100).heldOut()).isEqualTo(sent.heldOut());

        assertThat(kept.samples).hasSize(3 * 70).isEqualTo(read.samples);
        assertThat(kept.samples.subList(0, 3)).doesNotContainAnyElementsOf(kept.samples.subList(3, 3 * 70));
        assertThat(kept.rejected).isEqualTo(read.rejected).containsExactly(2L);
        assertThat(sent.rows().valid()).isEqualTo(3);
        assertThat(sent.rows().row(3 * 69 + 1)).isEqualTo(3);
    }

    private static final class Received implements SampleSink {
        private final List<String> samples = new ArrayList<>();
        private final List<Long> rejected = new ArrayList<>();

        @Override
        public void send(byte @Nullable [] key, byte[] sample) {
            samples.add(HexFormat.of().formatHex(sample));
        }

        @Override
        public void reject(long row, String text, String message) {
            rejected.add(row);
        }

        @Override
        public void flush() {}
    }
}
