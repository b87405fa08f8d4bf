package io.freshet.cli.console;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.freshet.learning.evaluation.Metric;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Catches a metric that reports or tables lack. */
class ScoresTest {
    private static final Scores ALL = new Scores(Arrays.stream(Metric.values())
            .collect(Collectors.toMap(metric -> metric, metric -> metric.ordinal() + 0.5)));

    @Test
    void the_json_of_a_report_has_every_metric_and_nothing_else() {
        JsonNode json = new ObjectMapper().valueToTree(ALL);
        assertThat(json.fieldNames())
                .toIterable()
                .containsExactlyInAnyOrderElementsOf(
                        Arrays.stream(Metric.values()).map(Metric::field).toList());
        for (Metric metric : Metric.values()) {
            assertThat(json.get(metric.field()).asDouble()).isEqualTo(metric.ordinal() + 0.5);
        }
        JsonNode none = new ObjectMapper().valueToTree(Scores.NONE);
        assertThat(none).hasSize(Metric.values().length).allMatch(JsonNode::isNull);
    }

    @Test
    void a_line_has_every_metric_that_says_how_good_predictions_are() {
        assertThat(ALL.line())
                .isEqualTo("loss 0.5000, accuracy 2.5000, auc 4.5000, pr auc 5.5000, precision 6.5000, recall 7.5000,"
                        + " f1 8.5000, top-k 9.5000, mae 10.5000, rmse 11.5000, r2 12.5000, iou 13.5000");
    }
}
