package io.freshet.cli.dev;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.cli.input.InputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.apache.kafka.common.utils.Utils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StackDirectoryTest {
    @TempDir
    Path parent;

    @Test
    void a_new_directory_is_for_its_owner_only() throws IOException {
        Path path = parent.resolve("a/b");
        StackDirectory.open(path, "--data").close();
        assertThat(Files.getPosixFilePermissions(path)).isEqualTo(PosixFilePermissions.fromString("rwx------"));
    }

    @Test
    void a_directory_in_use_is_refused_with_the_process_that_uses_it() throws IOException {
        try (StackDirectory used = StackDirectory.open(parent, "--data")) {
            used.options().save();
            assertThatThrownBy(() -> StackDirectory.open(parent, "--data"))
                    .isInstanceOf(InputException.class)
                    .hasMessage("--data: " + parent + ": used by process "
                            + ProcessHandle.current().pid() + " (expected: a directory of no other running process)");
        }
        StackDirectory.open(parent, "--data").close();
    }

    @Test
    void a_directory_with_other_files_is_refused_and_stays_as_it_is() throws IOException {
        Path file = Files.writeString(parent.resolve("thesis.tex"), "text");

        assertThatThrownBy(() -> StackDirectory.open(parent, "--data"))
                .isInstanceOf(InputException.class)
                .hasMessage("--data: " + parent + ": contains other files (expected: a new or empty directory, or one"
                        + " of an earlier run)");
        assertThat(parent).isDirectoryContaining("glob:**/thesis.tex").isDirectoryNotContaining("glob:**/freshet.lock");

        assertThatThrownBy(() -> StackDirectory.open(file, "--data"))
                .hasMessage("--data: " + file + ": not a directory");
    }

    @Test
    void a_first_run_that_was_killed_early_leaves_a_directory_that_can_be_used() throws IOException {
        Files.writeString(parent.resolve("freshet.lock"), "1");
        Files.writeString(parent.resolve(".freshet-123.tmp"), "form");

        StackDirectory.open(parent, "--data").close();
    }

    @Test
    void options_last_from_run_to_run() throws IOException {
        try (StackDirectory first = StackDirectory.open(parent, "--data")) {
            assertThat(first.options().recall("--port", "1234", "8000")).isEqualTo("1234");
            first.options().keep("--port", "1234");
            assertThat(first.options().settle("--samples", null, "freshet.samples"))
                    .isEqualTo("freshet.samples");
            first.options().save();
        }
        try (StackDirectory second = StackDirectory.open(parent, "--data")) {
            assertThat(second.options().recall("--port", null, "8000")).isEqualTo("1234");
            assertThat(second.options().recall("--port", "99", "8000")).isEqualTo("99");
            assertThat(second.options().settle("--samples", null, "x")).isEqualTo("freshet.samples");
            assertThatThrownBy(() -> second.options().settle("--samples", "events", "x"))
                    .isInstanceOf(InputException.class)
                    .hasMessage("--samples: events (expected: freshet.samples, with which " + parent + " was created)");
        }
    }

    @Test
    void a_directory_of_a_later_version_is_refused() throws IOException {
        Files.writeString(parent.resolve("freshet.properties"), "version=2\n");

        assertThatThrownBy(() -> StackDirectory.open(parent, "--data"))
                .hasMessage("--data: " + parent + ": freshet.properties: version 2 (expected: 1; a later version may"
                        + " have created it)");
    }

    @Test
    void a_number_that_is_damaged_is_reported_with_its_file_and_key() throws IOException {
        Files.writeString(parent.resolve("freshet.properties"), "version=1\nport=80o0\n");

        try (StackDirectory damaged = StackDirectory.open(parent, "--data")) {
            assertThat(damaged.options().number("--port", 9000, 8000)).isEqualTo(9000);
            assertThat(damaged.options().number("--kafka-port", null, 9092)).isEqualTo(9092);
            assertThatThrownBy(() -> damaged.options().number("--port", null, 8000))
                    .isInstanceOf(InputException.class)
                    .hasMessage(parent + "/freshet.properties: port: 80o0 (expected: an integer)");
        }
    }

    @Test
    void the_next_run_finds_its_directory_whatever_its_name_is() throws IOException {
        Path path = Path.of(System.getProperty("java.io.tmpdir"), "freshet-1-2-" + parent.getFileName());
        try {
            try (StackDirectory first = StackDirectory.open(path, "--data")) {
                first.options().keep("--port", "1234");
                first.options().save();
            }
            try (StackDirectory second = StackDirectory.open(path, "--data")) {
                assertThat(second.options().number("--port", null, 8000)).isEqualTo(1234);
            }
        } finally {
            Utils.delete(path.toFile());
        }
    }
}
