package io.freshet.cli.input;

import static io.freshet.cli.input.OutputProcess.output;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.freshet.schemas.snapshot.Draft;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Would catch an old file that incomplete contents have destroyed, a temporary file left behind, and new contents with other
 * permissions.
 */
@Timeout(60)
class DraftTest {
    @TempDir
    Path directory;

    private Path file;

    @BeforeEach
    void write() throws IOException {
        file = Files.writeString(directory.resolve("t.csv"), "x,y\n3,1\n");
    }

    @Test
    void a_file_keeps_its_contents_until_the_new_ones_are_complete() throws IOException {
        OutputFile output = output(file);
        try (Draft draft = output.open()) {
            draft.out().write("half".getBytes(UTF_8));
            assertThat(file).hasContent("x,y\n3,1\n");
        }
        assertThat(file).hasContent("x,y\n3,1\n");
        assertThat(directory.toFile().list()).containsExactly("t.csv");

        output.write("whole");

        assertThat(file).hasContent("whole");
        assertThat(directory.toFile().list()).containsExactly("t.csv");
    }

    @Test
    void incomplete_contents_are_readable_by_their_owner_only() throws IOException {
        assumeTrue(Files.getFileStore(directory).supportsFileAttributeView("posix"));
        Path added = directory.resolve("new.csv");
        try (Draft draft = output(added).open()) {
            draft.out().write("half".getBytes(UTF_8));
            String[] temporary = directory.toFile().list((folder, name) -> name.endsWith(".tmp"));
            assertThat(temporary).hasSize(1);
            assertThat(permissions(directory.resolve(temporary[0]))).isEqualTo("rw-------");
            draft.complete();
        }

        assertThat(permissions(added)).isEqualTo(permissions(file));
        assertThat(directory.toFile().list()).containsExactlyInAnyOrder("t.csv", "new.csv");
    }

    @Test
    void the_new_file_is_where_a_link_leads_with_the_permissions_of_the_old_one() throws IOException {
        assumeTrue(Files.getFileStore(directory).supportsFileAttributeView("posix"));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
        Path folder = Files.createDirectory(directory.resolve("links"));
        Path link = Files.createSymbolicLink(folder.resolve("link"), Path.of("..", "t.csv"));
        Path dangling = Files.createSymbolicLink(folder.resolve("dangling"), Path.of("..", "new.csv"));

        output(link).write("new");
        output(dangling).write("new");

        assertThat(link).isSymbolicLink();
        assertThat(file).hasContent("new");
        assertThat(permissions(file)).isEqualTo("rw-r-----");
        assertThat(Files.isRegularFile(directory.resolve("new.csv"), LinkOption.NOFOLLOW_LINKS))
                .isTrue();
    }

    @Test
    void a_name_that_fills_the_limit_of_the_file_system_can_be_written() throws IOException {
        Path longest = directory.resolve("n".repeat(251) + ".csv");

        output(longest).write("new");

        assertThat(longest).hasContent("new");
        assertThatThrownBy(() -> output(directory.resolve("n".repeat(252) + ".csv")))
                .hasMessageEndingWith(": cannot be written (expected: a file in a writable folder)");
    }

    private static String permissions(Path file) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
    }
}
