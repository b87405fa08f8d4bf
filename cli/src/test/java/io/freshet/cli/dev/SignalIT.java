package io.freshet.cli.dev;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Would catch a stack that two threads stop at once after Ctrl-C: one lost what it was using and reported that as an error, and
 * the JVM ended before the other had printed the last line.
 */
@Timeout(180)
class SignalIT {
    private static final Duration READY = Duration.ofSeconds(90);

    @TempDir
    Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"first prediction", "model delays-by-origin: created"})
    void a_demo_ends_with_its_last_line_and_without_an_error(String reached) throws Exception {
        assertEndsWell(reached, "demo", List.of("--no-browser", "--port", "0"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"first outcome", "model delays-loop: created"})
    void the_loop_ends_with_its_last_line_and_without_an_error(String reached) throws Exception {
        assertEndsWell(reached, "demo", List.of("--loop", "--no-browser", "--port", "0"));
    }

    @ParameterizedTest
    @ValueSource(strings = "In another terminal")
    void a_stack_that_is_fed_ends_with_its_last_line_and_without_an_error(String reached) throws Exception {
        String spec = Files.writeString(
                        directory.resolve("m.yaml"),
                        "{name: m, label: y, features: {numeric: [x]}, loss: mean-squared-error}")
                .toString();
        String rows = Files.write(
                        directory.resolve("rows.csv"),
                        () -> Stream.concat(Stream.of("x,y"), Collections.nCopies(100_000, "1,2").stream())
                                .map(CharSequence.class::cast)
                                .iterator())
                .toString();
        assertEndsWell(
                reached,
                "dev",
                List.of("--spec", spec, "--input", rows, "--rate", "500", "--kafka-port", "0", "--port", "0"));
    }

    private void assertEndsWell(String reached, String command, List<String> arguments) throws Exception {
        try (DevProcess process = DevProcess.start(directory, command, arguments)) {
            await().atMost(READY).until(() -> process.text().contains(reached));
            process.terminate();
            assertThat(process.text())
                    .endsWith("stopped; all files deleted\n")
                    .doesNotContain("freshet: ", "ERROR", "WARN", "Exception");
        }
    }
}
