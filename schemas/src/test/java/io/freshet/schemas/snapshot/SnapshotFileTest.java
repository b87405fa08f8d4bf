package io.freshet.schemas.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Would catch a failed write that deletes a path it could not open. */
class SnapshotFileTest {
    @TempDir
    Path directory;

    @Test
    void a_path_that_cannot_be_opened_is_not_deleted() throws Exception {
        Path other = Files.createDirectory(directory.resolve("m.snapshot"));

        assertThatThrownBy(() -> SnapshotFile.write(other, List.of())).isInstanceOf(IOException.class);

        assertThat(other).isDirectory();
    }
}
