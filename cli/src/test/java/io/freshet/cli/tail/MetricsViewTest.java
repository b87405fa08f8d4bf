package io.freshet.cli.tail;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.learning.evaluation.Metric;
import io.freshet.learning.evaluation.Metrics;
import io.freshet.learning.evaluation.PredictedSamples;
import io.freshet.learning.evaluation.Tally;
import io.freshet.learning.loss.Task;
import io.freshet.schemas.avro.KeyedBytes;
import io.freshet.schemas.facts.Evaluation;
import io.freshet.schemas.facts.EvaluationCodec;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Catches a metric that {@code tail metrics} does not show. */
class MetricsViewTest {
    @Test
    void shows_every_metric_of_a_window() throws Exception {
        Metrics window = new Metrics(
                7,
                Arrays.stream(Metric.values())
                        .collect(Collectors.toMap(metric -> metric, metric -> metric.ordinal() + 0.5)));
        Tally total = Tally.of(Task.REGRESSION, 1);
        float[] number = {1};
        total.add(0.25, 1, new PredictedSamples(1, number, number, number), 0, 0, 1);
        KeyedBytes written = new EvaluationCodec()
                .write(new Evaluation(
                        Evaluation.Subject.of("m", ""),
                        new Evaluation.Counts(7, 7, 0),
                        new Evaluation.Window(0, false, 0, 0, window),
                        total,
                        Evaluation.Learning.UNKNOWN,
                        Evaluation.Progress.UNKNOWN));
        ConsumerRecord<byte[], byte[]> record = new ConsumerRecord<>("metrics", 0, 0, written.key(), written.value());
        MetricsView view = new MetricsView();

        Map<String, @Nullable Object> fields = view.fields(record);

        for (Metric metric : Metric.values()) {
            assertThat(fields).containsEntry(metric.field(), metric.ordinal() + 0.5);
        }
        assertThat(view.text(record, fields))
                .endsWith("  accuracy 2.500, auc 4.500, pr auc 5.500, f1 8.500, top-k 9.500, mae 10.50, rmse 11.50,"
                        + " r2 12.50, iou 13.50");
    }
}
