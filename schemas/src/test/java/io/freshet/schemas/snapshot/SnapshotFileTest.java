package io.freshet.schemas.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.AbstractList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Would catch a failed write that deletes or truncates what was there, or leaves something behind. */
class SnapshotFileTest {
    @TempDir
    Path directory;

    @Test
    void a_path_that_cannot_be_opened_is_not_deleted() throws Exception {
        Path other = Files.createDirectory(directory.resolve("m.snapshot"));

        assertThatThrownBy(() -> SnapshotFile.write(other, List.of())).isInstanceOf(IOException.class);

        assertThat(other).isEmptyDirectory();
        assertThat(directory.toFile().list()).containsExactly("m.snapshot");
    }

    @Test
    void a_file_keeps_its_contents_until_the_new_ones_are_complete() throws Exception {
        Path file = Files.writeString(directory.resolve("m.snapshot"), "old");
        Path link = Files.createSymbolicLink(directory.resolve("link"), file);
        List<PublishedSnapshot> failing = new AbstractList<>() {
            @Override
            public PublishedSnapshot get(int index) {
                throw new IllegalStateException("no such snapshot");
            }

            @Override
            public int size() {
                return 1;
            }
        };

        assertThatThrownBy(() -> SnapshotFile.write(link, failing)).hasMessage("no such snapshot");

        assertThat(file).hasContent("old");
        assertThat(directory.toFile().list()).containsExactlyInAnyOrder("m.snapshot", "link");

        SnapshotFile.write(link, List.of());

        assertThat(link).isSymbolicLink();
        assertThat(SnapshotFile.read(file)).isEmpty();
        assertThat(directory.toFile().list()).containsExactlyInAnyOrder("m.snapshot", "link");
    }
}
