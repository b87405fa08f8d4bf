package io.freshet.cli.input;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.learning.encode.FeatureEncoder;
import io.freshet.learning.features.Row;
import io.freshet.learning.features.RowLayout;
import io.freshet.learning.spec.ModelSpec;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Reads the vectors of the example files: images and masks in columns, sequences of different lengths, and arrays. */
class ExampleVectorsTest {
    private static final Path EXAMPLES = Path.of("..", "examples");

    @Test
    void reads_images_and_masks_as_complete_vectors() throws Exception {
        RowLayout layout = new RowLayout(List.of(), List.of(), List.of("pixel*", "mask*"));
        Row row = new Row(layout);
        int rows = 0;
        int inside = 0;
        try (RowReader reader = RowReader.open(EXAMPLES.resolve("shapes.csv.gz"), Format.CSV, layout)) {
            for (; reader.next(row); rows++) {
                assertThat(row.vectorLength(0)).isEqualTo(64);
                assertThat(row.vectorLength(1)).isEqualTo(64);
                for (int i = 0; i < 64; i++) {
                    assertThat(row.vector(0)[i]).isBetween(0f, 1f);
                    assertThat(row.vector(1)[i]).isIn(0f, 1f);
                    inside += row.vector(1)[i] == 1 ? 1 : 0;
                }
            }
        }
        assertThat(rows).isEqualTo(4000);
        assertThat(inside / (64.0 * rows)).isBetween(0.1, 0.6);
    }

    @Test
    void reads_box_coordinates_in_addition_to_an_image() throws Exception {
        RowLayout layout = new RowLayout(List.of("x1", "x2"), List.of(), List.of("pixel*"));
        Row row = new Row(layout);
        try (RowReader reader = RowReader.open(EXAMPLES.resolve("boxes.csv.gz"), Format.CSV, layout)) {
            while (reader.next(row)) {
                assertThat(row.vectorLength(0)).isEqualTo(100);
                assertThat(row.number(0)).isLessThan(row.number(1));
            }
            assertThat(reader.row()).isEqualTo(4000);
        }
    }

    /** Catches a reader that requires labels after the end of a sequence. */
    @Test
    void labels_of_short_sequences_are_equal_for_a_list_of_columns_and_a_prefix() throws Exception {
        String yaml = """
                {name: tags, label: %s, features: {dense: {field: x*, length: 5}, length: steps}, outputs: 4,
                 model: {type: sequence, cell: gru, hidden: 4, steps: 12}, loss: sequence-cross-entropy}""";
        String columns = IntStream.range(0, 12).mapToObj(i -> "y" + i).collect(Collectors.joining(", ", "[", "]"));
        List<String> labels = labels(ModelSpec.parse(yaml.formatted(columns)));
        assertThat(labels).hasSize(3000).isEqualTo(labels(ModelSpec.parse(yaml.formatted("y*"))));
    }

    private static List<String> labels(ModelSpec spec) throws Exception {
        RowLayout layout = RowLayout.of(List.of(spec));
        FeatureEncoder encoder = new FeatureEncoder(spec, layout);
        Row row = new Row(layout);
        List<String> labels = new ArrayList<>();
        try (RowReader reader = RowReader.open(EXAMPLES.resolve("tags.csv.gz"), Format.CSV, layout)) {
            while (reader.next(row)) {
                labels.add(Arrays.toString(encoder.encode(row, 0, 0).label()));
            }
        }
        return labels;
    }

    /** Both files contain the same sequences, of 4 to 12 steps. */
    @Test
    void sequences_are_equal_for_partly_empty_columns_and_arrays() throws Exception {
        RowLayout layout = new RowLayout(List.of("steps"), List.of(), List.of("x*", "y*"));
        List<String> columns = ReadFile.rows(EXAMPLES.resolve("tags.csv.gz"), Format.CSV, layout);
        assertThat(columns).hasSize(3000);
        assertThat(ReadFile.rows(EXAMPLES.resolve("tags.jsonl.gz"), Format.JSON_LINES, layout))
                .isEqualTo(columns);
        Row row = new Row(layout);
        try (RowReader reader = RowReader.open(EXAMPLES.resolve("tags.csv.gz"), Format.CSV, layout)) {
            while (reader.next(row)) {
                assertThat(row.vectorLength(0)).isEqualTo(5 * (int) row.number(0));
                assertThat(row.vectorLength(1)).isEqualTo((int) row.number(0));
            }
        }
    }
}
