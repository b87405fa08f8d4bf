package io.freshet.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Would catch two first starts of {@code ./freshet} that build at once, each deleting what the other has built. The script is the
 * real one, in a checkout whose build takes as long as the test wants.
 */
@Timeout(60)
class FirstStartTest {
    private static final Path SCRIPT = Path.of("..", "freshet");

    @TempDir
    Path checkout;

    @BeforeEach
    void createCheckout() throws IOException {
        assumeTrue(Files.isExecutable(SCRIPT) && Files.isExecutable(Path.of("/bin/sh")), "skipped: no script to start");
        Files.copy(SCRIPT, checkout.resolve("freshet"), StandardCopyOption.COPY_ATTRIBUTES);
        Files.createFile(checkout.resolve("pom.xml"));
        script("cli/src/main/dist/bin/freshet", "cat \"$FRESHET_LIB/built\"");
        script(
                "bin/mvn",
                "echo build >>\"$PWD/builds\"",
                "while [ ! -f \"$PWD/go\" ]; do sleep 0.1; done",
                "mkdir -p cli/target/lib",
                "echo complete >cli/target/lib/built");
    }

    @Test
    void the_second_of_two_first_starts_waits_for_the_build_of_the_first() throws Exception {
        Process first = start("first");
        Process second = start("second");
        try {
            await().atMost(Duration.ofSeconds(30))
                    .until(() ->
                            (text("first") + text("second")).contains("freshet: waiting for the build of process "));
            Files.createFile(checkout.resolve("go"));

            assertThat(first.waitFor()).isZero();
            assertThat(second.waitFor()).isZero();
            assertThat(text("first")).endsWith("complete\n");
            assertThat(text("second")).endsWith("complete\n");
            assertThat(text("builds")).isEqualTo("build\n");
            assertThat(checkout.resolve("cli/target/freshet.lock")).doesNotExist();
        } finally {
            first.destroyForcibly();
            second.destroyForcibly();
        }
    }

    @Test
    void the_lock_of_a_build_that_was_killed_does_not_last() throws Exception {
        Process ended = new ProcessBuilder("true").start();
        ended.waitFor();
        Path target = Files.createDirectories(checkout.resolve("cli/target"));
        Files.createSymbolicLink(target.resolve("freshet.lock"), Path.of(Long.toString(ended.pid())));
        Files.createFile(checkout.resolve("go"));

        assertThat(start("only").waitFor()).isZero();
        assertThat(text("only")).endsWith("complete\n");
    }

    private Process start(String output) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(checkout.resolve("freshet").toString())
                .redirectErrorStream(true)
                .redirectOutput(checkout.resolve(output).toFile());
        builder.environment().put("PATH", checkout.resolve("bin") + ":" + System.getenv("PATH"));
        return builder.start();
    }

    private String text(String file) throws IOException {
        Path path = checkout.resolve(file);
        return Files.exists(path) ? Files.readString(path) : "";
    }

    private void script(String name, String... lines) throws IOException {
        Path file = checkout.resolve(name);
        Files.createDirectories(file.getParent());
        Files.write(file, ("#!/bin/sh\nset -eu\n" + String.join("\n", lines) + "\n").getBytes(UTF_8));
        assertThat(file.toFile().setExecutable(true)).isTrue();
    }
}
