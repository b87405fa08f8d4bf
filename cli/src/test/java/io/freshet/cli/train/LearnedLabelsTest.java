package io.freshet.cli.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.cli.input.InputException;
import io.freshet.cli.input.RowFiles;
import io.freshet.learning.spec.ModelSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Catches names of classes that depend on the order of the rows, and labels that are numbers but become names. */
class LearnedLabelsTest {
    private static final String CLASSES = """
            name: m
            label: y
            features: {numeric: [x]}
            loss: sparse-categorical-cross-entropy
            """;

    @TempDir
    Path directory;

    @Test
    void learns_all_names_in_sorted_order() throws Exception {
        LearnedLabels labels = LearnedLabels.of(CLASSES, write("csv", "x,y\n1,wolf\n2,\n3\n4,lynx\n5,wolf\n6,7\n"));
        assertThat(labels.names()).containsExactly("7", "lynx", "wolf");
        ModelSpec spec = ModelSpec.parse(labels.yaml());
        assertThat(spec).isEqualTo(ModelSpec.parse(CLASSES + "labels: ['7', lynx, wolf]"));
        assertThat(spec.outputs()).isEqualTo(3);
    }

    @Test
    void learns_names_from_the_rows_of_the_model_only() throws Exception {
        String rows = "t,x,y\nother,1,7\nmine,2,wolf\nother,3,bear\nmine,4,lynx\nmine,5,wolf\n";
        String yaml = CLASSES + "when: {field: t, equals: mine}\n";
        assertThat(LearnedLabels.of(yaml, write("csv", rows)).names()).containsExactly("lynx", "wolf");
        assertThat(LearnedLabels.of(CLASSES, write("csv", rows)).names()).isEmpty();
    }

    @Test
    void learns_the_names_of_json_lines_at_a_path() throws Exception {
        String yaml = CLASSES.replace("label: y", "label: $.user.y");
        RowFiles rows = write("jsonl", "{\"user\": {\"y\": \"b\"}}\n{}\n{\"user\": {\"y\": \"a\"}}\n");
        assertThat(LearnedLabels.of(yaml, rows).names()).containsExactly("a", "b");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "csv    | x,y\\n1,0\\n2,oops\\n",
                "csv    | x,y\\n1,\\n2,3\\n3,oops\\n",
                "jsonl  | {\"y\": 0}\\n{\"y\": \"oops\"}\\n",
                "jsonl  | {\"y\": true}\\n{\"y\": false}\\n",
                "csv    | x,y\\n1,\\n",
                "csv    | x,y\\n1,NA\\n1, ?\\n1,1\\n",
                "libsvm | 0 1:2\\n"
            })
    void a_file_whose_first_label_is_a_number_has_none(String extension, String rows) throws Exception {
        LearnedLabels labels = LearnedLabels.of(CLASSES, write(extension, rows.replace("\\n", "\n")));
        assertThat(labels.names()).isEmpty();
        assertThat(labels.yaml()).isEqualTo(CLASSES);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "loss: huber",
                "{loss: binary-cross-entropy, outputs: 2, label: [y, z]}",
                "labels: [wolf, lynx, bear]",
                "optimizer: adm"
            })
    void a_specification_that_lists_names_or_cannot_use_them_stays_as_it_is(String changed) throws Exception {
        String yaml = changed.startsWith("{")
                ? "{name: m, features: {numeric: [x]}, " + changed.substring(1)
                : (changed.startsWith("loss") ? CLASSES.replaceFirst("loss: .*\n", "") : CLASSES) + changed;
        assertThat(LearnedLabels.of(yaml, write("csv", "x,y,z\n1,wolf,lynx\n")).yaml())
                .isEqualTo(yaml);
    }

    @Test
    void rejects_another_number_of_names_than_the_loss_has_classes() {
        RowFiles rows = write("csv", "x,y\n1,b\n2,c\n3,a\n");
        assertThatThrownBy(() -> LearnedLabels.of(CLASSES.replaceFirst("loss: .*", "loss: hinge"), rows))
                .isInstanceOf(InputException.class)
                .hasMessage(rows + ": y: a, b, c (expected: numbers, or the names of 2 classes; for 3, set loss:"
                        + " sparse-categorical-cross-entropy and outputs: 3)");
        assertThatThrownBy(() -> LearnedLabels.of(CLASSES + "outputs: 2\n", rows))
                .isInstanceOf(InputException.class)
                .hasMessage(
                        rows + ": y: a, b, c (expected: numbers, or the names of 2 classes; for 3, set outputs: 3)");
    }

    private RowFiles write(String extension, String content) {
        try {
            Path file = Files.writeString(directory.resolve("rows." + extension), content);
            return RowFiles.of(List.of(file), null, null, "--");
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
