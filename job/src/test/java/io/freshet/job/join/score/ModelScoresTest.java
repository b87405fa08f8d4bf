package io.freshet.job.join.score;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.schemas.loop.JoinCount;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Would catch a change that makes the state of a savepoint unreadable. From the first tag on, the stored bytes are never regenerated. */
class ModelScoresTest {
    private static final String STORED = "model-scores-v1.bin";

    @Test
    void the_state_of_version_1_is_read_and_continues() throws IOException {
        ModelScores read = ModelScores.read(stored());
        assertThat(read.toBytes()).as("written again").isEqualTo(stored());
        ModelScores expected = scores();
        assertThat(read.report(new ModelScores.At(false, 1, 2L)))
                .isEqualTo(expected.report(new ModelScores.At(false, 1, 2L)));
        SplittableRandom random = new SplittableRandom(7);
        for (int i = 0; i < 200; i++) {
            ClosedRequest request = ClosedRequests.random("ctr", random);
            assertThat(read.close(request)).isEqualTo(expected.close(request));
        }
        assertThat(read.report(new ModelScores.At(true, 1, null)))
                .isEqualTo(expected.report(new ModelScores.At(true, 1, null)));
        assertThat(read.toBytes()).isEqualTo(expected.toBytes());
    }

    @Test
    void the_state_of_a_later_version_is_refused() {
        byte[] later = scores().toBytes();
        later[0] = 2;
        assertThatThrownBy(() -> ModelScores.read(later))
                .isInstanceOf(IOException.class)
                .hasMessage("scores: version 2 (expected: 1)");
    }

    @Test
    void the_scores_of_a_specification_that_this_version_refuses_are_not_used() throws IOException {
        byte[] bytes = scores().toBytes();
        String text =
                new String(bytes, StandardCharsets.ISO_8859_1).replace("binary-cross-entropy", "binary-cross-entropi");
        assertThat(ModelScores.read(text.getBytes(StandardCharsets.ISO_8859_1))).isNull();
    }

    private static ModelScores scores() {
        ModelScores scores = ModelScores.of(JoinApplied.of(ClosedRequests.binary("ctr")));
        for (JoinCount count : JoinCount.values()) {
            scores.add(ClosedRequests.delta("ctr", count, 10L + count.ordinal()));
        }
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < 230; i++) {
            ClosedRequest request = i % 2 == 0
                    ? ClosedRequests.random("ctr", random)
                    : ClosedRequests.of("ctr", 0.25, 0, "v" + random.nextInt(60));
            if (scores.close(request)) {
                scores.endWindow();
            }
        }
        return scores;
    }

    private static byte[] stored() throws IOException {
        try (InputStream in = ModelScoresTest.class.getResourceAsStream("/compatibility/" + STORED)) {
            return Objects.requireNonNull(in).readAllBytes();
        }
    }

    /** Writes the file, unless it exists, into a directory. */
    public static void main(String[] arguments) throws IOException {
        Path file = Path.of(arguments[0], STORED);
        if (Files.notExists(file)) {
            Files.write(file, scores().toBytes());
        }
    }
}
