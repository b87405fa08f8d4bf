package io.freshet.cli.input;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.learning.features.Row;
import io.freshet.learning.features.RowLayout;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LibsvmRowTest {
    private static final RowLayout LAYOUT = new RowLayout(List.of("label"), List.of("features"));

    @TempDir
    Path directory;

    @Test
    void reads_labels_and_pairs_without_comments_and_empty_lines() throws Exception {
        Path file = ReadFile.write(
                directory, "a.svm", "# made by hand\n+1 3:0.5 7:1\r\n\n  -1\t1:2\t 9:1e-3  # a comment\n0\n1 2:3");
        assertThat(ReadFile.rows(file, Format.LIBSVM, LAYOUT))
                .containsExactly(
                        "label=1.0 features=3:0.5 7:1",
                        "label=-1.0 features=1:2  9:1e-3",
                        "label=0.0 features=",
                        "label=1.0 features=2:3");
    }

    @Test
    void reads_pairs_as_a_sparse_vector_if_no_model_reads_them_as_text() throws Exception {
        RowLayout layout = new RowLayout(List.of("label"), List.of("features"), List.of(), Set.of("features"));
        Path file = ReadFile.write(directory, "a.svm", "1 3:0.5\t900000:-1e-3 # a comment\n0 2:x\n0\n");
        Row row = new Row(layout);
        try (RowReader reader = RowReader.open(file, Format.LIBSVM, layout)) {
            assertThat(reader.next(row)).isTrue();
            assertThat(row.hasText(0)).isFalse();
            assertThat(Arrays.copyOf(row.sparseIndices(0), row.sparseLength(0))).containsExactly(3, 900_000);
            assertThat(Arrays.copyOf(row.sparseValues(0), row.sparseLength(0))).containsExactly(0.5f, -1e-3f);
            assertThatThrownBy(() -> reader.next(row)).hasMessage("features: 2:x (expected: pairs index:value)");
            assertThat(reader.next(row)).isTrue();
            assertThat(row.sparseLength(0)).isZero();
            assertThat(reader.next(row)).isFalse();
        }
    }

    @Test
    void rejects_a_row_whose_label_is_not_a_number() throws Exception {
        Path file = ReadFile.write(directory, "a.svm", "spam 1:1\n3:1 4:1\n1 5:5\n");
        assertThat(ReadFile.rows(file, Format.LIBSVM, LAYOUT))
                .containsExactly(
                        "label: spam (expected: a number)",
                        "label: 3:1 (expected: a number)",
                        "label=1.0 features=5:5");
    }

    @Test
    void rejects_a_line_longer_than_a_mebibyte() throws Exception {
        Path file = ReadFile.write(directory, "a.svm", "1 " + "1:1 ".repeat(400_000) + "\n0 2:2\n");
        assertThat(ReadFile.rows(file, Format.LIBSVM, LAYOUT))
                .containsExactly("row: too long (expected: up to 1048576 bytes)", "label=0.0 features=2:2");
    }

    @Test
    void lists_the_valid_fields_if_another_is_requested() {
        Path file = ReadFile.write(directory, "a.svm", "1 1:1\n");
        assertThatThrownBy(() -> RowReader.open(file, Format.LIBSVM, new RowLayout(List.of("late"), List.of())))
                .isInstanceOf(InputException.class)
                .hasMessage(file + ": no field late (expected: only the fields of LIBSVM: a number label and a text"
                        + " features, listed under features.sparse)");
        assertThatThrownBy(() -> RowReader.open(file, Format.LIBSVM, new RowLayout(List.of(), List.of("origin"))))
                .hasMessageContaining("no field origin");
        RowLayout dense = new RowLayout(List.of("label"), List.of(), List.of("features"));
        assertThatThrownBy(() -> RowReader.open(file, Format.LIBSVM, dense))
                .isInstanceOf(InputException.class)
                .hasMessage(file + ": no vector features (expected: only the fields of LIBSVM: a number label and a"
                        + " text features, listed under features.sparse)");
    }

    @Test
    void rejects_a_file_that_contains_only_comments() {
        Path file = ReadFile.write(directory, "a.svm", "# nothing\n  # here\n");
        assertThatThrownBy(() -> RowReader.open(file, Format.LIBSVM, LAYOUT))
                .isInstanceOf(InputException.class)
                .hasMessage(file + ": no rows (expected: label index:value ...)");
    }
}
