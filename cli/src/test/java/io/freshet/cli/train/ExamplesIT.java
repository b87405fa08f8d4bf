package io.freshet.cli.train;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.freshet.cli.Run;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Catches a kind of label, a loss, or a network that runs in the job but does not learn. Uses the bundled examples. */
class ExamplesIT {
    /** Thresholding the pixels reaches 0.91, the best constant box 0.45. */
    @ParameterizedTest
    @CsvSource({"shapes, shapes, 0.85", "shapes-iou, shapes, 0.85", "boxes, boxes, 0.7"})
    void predicted_masks_and_boxes_overlap_the_labels(String spec, String data, double iou) throws IOException {
        JsonNode windows = train(spec, data + ".csv.gz").get("windows");
        assertThat(windows.get(0).get("iou").asDouble()).isLessThan(0.6);
        assertThat(windows.get(windows.size() - 1).get("iou").asDouble()).isGreaterThan(iou);
    }

    /** A network that sees only one step stays below 0.7. */
    @Test
    void a_sequence_model_learns_from_earlier_steps() throws IOException {
        JsonNode windows = train("tags", "tags.csv.gz").get("windows");
        assertThat(windows.get(0).get("accuracy").asDouble()).isLessThan(0.8);
        assertThat(windows.get(windows.size() - 1).get("accuracy").asDouble()).isGreaterThan(0.95);
    }

    @Test
    void sequences_in_json_lines_and_csv_give_the_same_parameters() throws IOException {
        assertThat(train("tags", "tags.jsonl.gz").get("parametersSha256"))
                .isEqualTo(train("tags", "tags.csv.gz").get("parametersSha256"));
    }

    private static JsonNode train(String spec, String data) throws IOException {
        Path examples = Path.of("..", "examples");
        Run run = Run.of(
                "train",
                "--spec",
                examples.resolve(spec + ".yaml").toString(),
                "--input",
                examples.resolve(data).toString(),
                "--output",
                "json");
        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.err()).doesNotContain("rejected");
        return new ObjectMapper().readTree(run.out());
    }
}
