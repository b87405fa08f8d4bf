package io.freshet.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Would catch two first starts of {@code ./freshet} that build at once, each deleting what the other has built, and a
 * start that waits for no build. The script is the
 * real one, in a checkout whose build takes as long as the test wants.
 */
@Timeout(60)
class FirstStartIT {
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
                "mkdir -p cli/target/lib benchmarks/target/classes",
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

    /** Would catch an edited example that the demo does not use, and a build for each edited page. */
    @ParameterizedTest
    @CsvSource({
        "learning/src/main/java/A.java, 2",
        "cli/pom.xml, 2",
        "examples/delays.yaml, 2",
        "docs/examples/delays.md, 1",
        "cli/src/test/java/ATest.java, 1",
        "cli/target/examples/delays.yaml, 1"
    })
    void a_start_builds_again_if_what_is_packaged_changed(String changed, int builds) throws Exception {
        Files.createFile(checkout.resolve("go"));
        assertThat(start("first").waitFor()).isZero();
        assertThat(start("second").waitFor()).isZero();
        assertThat(text("builds")).isEqualTo("build\n");

        Path file = checkout.resolve(changed);
        Files.createDirectories(file.getParent());
        Files.writeString(file, "changed");
        Files.setLastModifiedTime(file, FileTime.from(Instant.now().plusSeconds(1)));
        assertThat(start("third").waitFor()).isZero();

        assertThat(text("builds")).isEqualTo("build\n".repeat(builds));
        assertThat(text("third")).endsWith("complete\n");
    }

    @Test
    void the_lock_of_a_build_that_was_killed_does_not_last() throws Exception {
        Path target = Files.createDirectories(checkout.resolve("cli/target"));
        Files.createSymbolicLink(target.resolve("freshet.lock"), Path.of(Long.toString(endedProcess())));
        Files.createFile(checkout.resolve("go"));

        assertThat(start("only").waitFor()).isZero();
        assertThat(text("only")).endsWith("complete\n");
    }

    /** Without the permission to signal the owner of the lock, if the test runs as root. */
    @Test
    void a_lock_of_another_user_is_waited_for() throws Exception {
        Path target = Files.createDirectories(checkout.resolve("cli/target"));
        Path lock = Files.createSymbolicLink(target.resolve("freshet.lock"), Path.of("1"));
        List<String> nobody = List.of("setpriv", "--reuid=65534", "--clear-groups", "--bounding-set=-all");
        boolean isRoot = (int) Files.getAttribute(checkout, "unix:uid") == 0;
        assumeTrue(!isRoot || Files.isExecutable(Path.of("/usr/bin/setpriv")), "skipped: no other user");
        for (Path folder : List.of(checkout, checkout.resolve("cli"), target)) {
            Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwxrwx"));
        }
        Process only = start("only", isRoot ? nobody : List.of());
        try {
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> !text("only").isEmpty() || !text("builds").isEmpty());

            assertThat(text("only"))
                    .isEqualTo("freshet: waiting for the build of process 1; if it is not running, delete "
                            + checkout.toRealPath().resolve("cli/target/freshet.lock") + "\n");
            assertThat(lock).isSymbolicLink();
        } finally {
            only.destroyForcibly();
        }
    }

    /** Between looking at the lock that was left behind and removing it, another start took it. */
    @Test
    void a_lock_left_behind_is_taken_over_once() throws Exception {
        Path lock = Files.createDirectories(checkout.resolve("cli/target")).resolve("freshet.lock");
        Files.createSymbolicLink(lock, Path.of(Long.toString(endedProcess())));
        String other = Long.toString(ProcessHandle.current().pid());
        script(
                "bin/readlink",
                "PATH=${PATH#*:} readlink \"$@\"",
                "[ -f \"$0.used\" ] || ln -sfn " + other + " \"$1\"",
                ": >\"$0.used\"");
        Process only = start("only");
        try {
            await().atMost(Duration.ofSeconds(30)).until(() -> !text("only").isEmpty());

            assertThat(text("only")).startsWith("freshet: waiting for the build of process " + other + ";");
            assertThat(Files.readSymbolicLink(lock)).hasToString(other);
            assertThat(checkout.resolve("builds")).doesNotExist();

            Files.delete(lock);
            Files.createFile(checkout.resolve("go"));
            assertThat(only.waitFor()).isZero();
            assertThat(text("only")).endsWith("complete\n");
            assertThat(lock.getParent()).isDirectoryNotContaining("glob:**/freshet.lock*");
        } finally {
            only.destroyForcibly();
        }
    }

    @Test
    void a_lock_that_another_start_took_over_stays() throws Exception {
        Path lock = checkout.resolve("cli/target/freshet.lock");
        Process first = start("first");
        try {
            await().atMost(Duration.ofSeconds(30)).until(() -> !text("builds").isEmpty());
            Files.delete(lock);
            Files.createSymbolicLink(lock, Path.of("1"));
            Files.createFile(checkout.resolve("go"));

            assertThat(first.waitFor()).isZero();
            assertThat(Files.readSymbolicLink(lock)).hasToString("1");
        } finally {
            first.destroyForcibly();
        }
    }

    @Test
    void a_lock_that_cannot_be_created_ends_the_start() throws Exception {
        script("bin/ln", "echo 'ln: No space left on device' >&2", "exit 1");

        assertThat(start("only").waitFor()).isOne();
        assertThat(text("only"))
                .isEqualTo("freshet: " + checkout.toRealPath().resolve("cli/target/freshet.lock")
                        + ": cannot be created (expected: a writable folder with free space)\n");
    }

    private static long endedProcess() throws Exception {
        Process ended = new ProcessBuilder("true").start();
        ended.waitFor();
        return ended.pid();
    }

    private Process start(String output) throws IOException {
        return start(output, List.of());
    }

    private Process start(String output, List<String> prefix) throws IOException {
        List<String> command = new ArrayList<>(prefix);
        command.add(checkout.resolve("freshet").toString());
        ProcessBuilder builder = new ProcessBuilder(command)
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
