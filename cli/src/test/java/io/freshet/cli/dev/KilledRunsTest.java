package io.freshet.cli.dev;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.freshet.cli.Freshet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Would catch killed runs that fill the disk, and a start that deletes the files of a running process, or of someone else. */
class KilledRunsTest {
    @TempDir
    Path parent;

    @Test
    void only_its_owner_can_read_it_and_closing_it_deletes_everything() throws IOException {
        StackDirectory created = StackDirectory.temporary(parent);
        assertThat(Files.getPosixFilePermissions(created.path()))
                .isEqualTo(PosixFilePermissions.fromString("rwx------"));
        Files.createDirectories(created.path().resolve("kafka/topic"));
        Files.writeString(created.path().resolve("kafka/topic/log"), "records");

        created.close();
        created.close();

        assertThat(parent).isEmptyDirectory();
    }

    @Test
    void the_directory_of_a_killed_process_is_deleted_and_that_of_a_running_one_stays() throws Exception {
        Process running = start();
        Process killed = start();
        try {
            Path used = path(running);
            Path left = path(killed);
            Files.writeString(left.resolve("log"), "records");
            killed.destroyForcibly().waitFor();

            try (StackDirectory next = StackDirectory.temporary(parent)) {
                assertThat(children()).containsExactlyInAnyOrder(used, next.path());
            }
        } finally {
            killed.destroyForcibly();
            running.destroyForcibly();
        }
    }

    /** Ctrl-C and SIGTERM end the JVM without closing anything. */
    @Test
    void a_directory_with_a_hook_is_deleted_when_its_process_is_asked_to_end() throws Exception {
        Process flying = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Djava.io.tmpdir=" + parent,
                        "-cp",
                        System.getProperty("java.class.path"),
                        Freshet.class.getName(),
                        "demo",
                        "--loop",
                        "--server",
                        "http://localhost:1")
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            await().atMost(Duration.ofSeconds(60))
                    .until(() -> children().stream().anyMatch(child -> Files.exists(child.resolve("flights.csv.gz"))));
            flying.destroy();
            assertThat(flying.waitFor(60, TimeUnit.SECONDS)).isTrue();

            assertThat(children()).isEmpty();
        } finally {
            flying.destroyForcibly();
        }
    }

    @Test
    void those_of_the_same_process_stay() throws IOException {
        try (StackDirectory first = StackDirectory.temporary(parent);
                StackDirectory second = StackDirectory.temporary(parent)) {
            KilledRuns.sweep(parent);
            assertThat(children()).containsExactlyInAnyOrder(first.path(), second.path());
        }
    }

    @Test
    void what_a_link_in_a_left_directory_leads_to_stays() throws IOException {
        Path outside = Files.createDirectory(parent.resolve("outside"));
        Files.writeString(outside.resolve("file"), "precious");
        Path left = left("freshet-1-1-1");
        Files.createSymbolicLink(left.resolve("link"), outside);

        KilledRuns.sweep(parent);

        assertThat(left).doesNotExist();
        assertThat(outside.resolve("file")).hasContent("precious");
    }

    @Test
    void directories_that_freshet_did_not_create_stay() throws IOException {
        Path withoutMarker = Files.createDirectory(parent.resolve("freshet-1-1-1"));
        Path otherName = left("data-1-1-1");
        Path target = left("elsewhere");
        Path link = Files.createSymbolicLink(parent.resolve("freshet-1-1-2"), target);
        Path linkedMarker = Files.createDirectory(parent.resolve("freshet-1-1-3"));
        Files.createSymbolicLink(linkedMarker.resolve(KilledRuns.MARKER), target.resolve(KilledRuns.MARKER));
        List<Path> before = children();

        KilledRuns.sweep(parent);

        assertThat(children()).containsExactlyInAnyOrderElementsOf(before).contains(withoutMarker, otherName, link);
        assertThat(target.resolve(KilledRuns.MARKER)).exists();
    }

    @Test
    void a_data_directory_stays_whatever_its_name_is() throws IOException {
        Path named = parent.resolve("freshet-1-2-3");
        try (StackDirectory data = StackDirectory.open(named, "--data")) {
            data.options().save();
        }
        Path killedEarly = parent.resolve("freshet-1-2-4");
        StackDirectory.open(killedEarly, "--data").close();
        Path marked = left("freshet-1-2-5");
        Files.writeString(marked.resolve("freshet.properties"), "version=1\n");
        Path otherName = left("freshet-my-model-3");

        KilledRuns.sweep(parent);

        assertThat(children()).containsExactlyInAnyOrder(named, killedEarly, marked, otherName);
    }

    /** Returns a directory as a killed run leaves it. */
    private Path left(String name) throws IOException {
        Path directory = Files.createDirectory(parent.resolve(name));
        Files.writeString(directory.resolve(KilledRuns.MARKER), "1");
        return directory;
    }

    private List<Path> children() throws IOException {
        try (Stream<Path> files = Files.list(parent)) {
            return files.toList();
        }
    }

    private Process start() throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Holder.class.getName(),
                        parent.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    private static Path path(Process holder) throws IOException {
        return Path.of(holder.inputReader().readLine());
    }

    /** Creates a directory, prints its path, and holds it until it is killed. */
    static final class Holder {
        private Holder() {}

        public static void main(String[] arguments) throws Exception {
            System.out.println(StackDirectory.temporary(Path.of(arguments[0])).path());
            System.in.read();
        }
    }
}
