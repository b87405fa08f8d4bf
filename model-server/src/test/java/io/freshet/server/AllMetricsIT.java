package io.freshet.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.learning.evaluation.Metric;
import io.freshet.learning.evaluation.Metrics;
import io.freshet.learning.evaluation.PredictedSamples;
import io.freshet.learning.evaluation.Tally;
import io.freshet.learning.loss.Task;
import io.freshet.learning.predict.Snapshot;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.facts.Evaluation;
import io.freshet.schemas.snapshot.SnapshotCodec;
import io.freshet.server.store.Gate;
import io.vertx.core.json.JsonObject;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Catches a metric that the page, the metadata of a model, or the gates do not know. */
@Timeout(60)
class AllMetricsIT {
    @Test
    void the_page_shows_the_value_of_every_metric() throws Exception {
        Set<Metric> shown = EnumSet.noneOf(Metric.class);
        try (RunningServer server = new RunningServer()) {
            for (Task task : EnumSet.of(Task.REGRESSION, Task.BINARY, Task.MULTICLASS, Task.MASK)) {
                Tally total = tally(task);
                server.evaluate(Evaluated.of("m", "", total, 10 + task.ordinal(), Evaluation.Progress.UNKNOWN));
                PageStream.Tick tick = PageStream.readUntil(server, null, "m", (int) total.samples());
                JsonObject row = tick.data().getJsonArray("models").getJsonObject(0);
                for (Metric metric : Metric.values()) {
                    Double expected = total.metrics().get(metric);
                    assertThat(row.getDouble(metric.field()))
                            .as(task + " " + metric)
                            .isEqualTo(expected);
                    if (expected != null) {
                        shown.add(metric);
                    }
                    assertThat(tick.data()
                                    .getJsonObject("metrics")
                                    .getJsonObject(metric.field())
                                    .getString("label"))
                            .isEqualTo(metric.label());
                }
            }
        }
        assertThat(shown).containsExactly(Metric.values());
    }

    @Test
    void the_metadata_has_the_value_of_every_metric() throws Exception {
        ModelSpec spec = ModelSpec.parse("{name: m, label: y, loss: mean-squared-error, features: {numeric: [a]}}");
        Snapshot plain = Published.snapshot(spec, "", 1, 1);
        Metrics metrics = new Metrics(
                1,
                Arrays.stream(Metric.values())
                        .collect(Collectors.toMap(metric -> metric, metric -> metric.ordinal() + 0.5)));
        try (RunningServer server = new RunningServer()) {
            server.publish(new SnapshotCodec()
                    .write(
                            new Snapshot(
                                    spec,
                                    "",
                                    1,
                                    1,
                                    plain.parameters(),
                                    plain.moments(),
                                    plain.lineage(),
                                    plain.blockVersions(),
                                    metrics),
                            "freshet.samples",
                            1,
                            "0.1.0"));

            JsonObject properties = server.json("/v2/models/m").getJsonObject("properties");

            for (Metric metric : Metric.values()) {
                assertThat(properties.getString(metric.key()))
                        .as(metric.key())
                        .isEqualTo(Double.toString(metric.ordinal() + 0.5));
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Metric.class)
    void a_gate_takes_every_mean_over_samples_and_no_other_metric(Metric metric) {
        String gate = "m:" + metric.key() + "<=0.5";
        if (metric.is(Metric.Trait.MEAN)) {
            assertThat(Gate.parse(gate)).hasToString(gate);
        } else {
            assertThatThrownBy(() -> Gate.parse(gate)).hasMessageContaining(metric.key() + " (expected: one of loss, ");
        }
    }

    /** Returns a tally of samples with all labels, the number of which depends on the task. */
    private static Tally tally(Task task) {
        int outputs = task.hasClasses() || task == Task.MASK ? 3 : 1;
        Tally tally = Tally.of(task, outputs);
        for (int i = 0; i < 10 + task.ordinal(); i++) {
            float[] labels = new float[task.hasClasses() ? 1 : outputs];
            Arrays.fill(labels, i % 2);
            float[] predictions = new float[outputs];
            Arrays.fill(predictions, 0.25f);
            tally.add(0.5, 1, new PredictedSamples(outputs, 1, labels, predictions, predictions), 0, 0, 1);
        }
        return tally;
    }
}
