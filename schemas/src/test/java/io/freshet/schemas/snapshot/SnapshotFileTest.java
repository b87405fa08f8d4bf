package io.freshet.schemas.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SnapshotFileTest {
    @TempDir
    Path directory;

    @Test
    void what_cannot_be_opened_stays_where_it_is() throws Exception {
        Path other = Files.createDirectory(directory.resolve("m.snapshot"));

        assertThatThrownBy(() -> SnapshotFile.write(other, List.of())).isInstanceOf(IOException.class);

        assertThat(other).isDirectory();
    }
}
