package io.freshet.learning.evaluation;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.learning.loss.Task;
import java.util.Arrays;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Would catch a metric that no tally computes, or that a tally computes for the wrong task. */
class MetricTest {
    @ParameterizedTest
    @EnumSource(Task.class)
    void a_tally_has_exactly_the_metrics_that_apply_to_its_task(Task task) {
        for (int topK : new int[] {0, 1}) {
            assertThat(tally(task, topK).metrics().values().keySet())
                    .as("top %d", topK)
                    .isEqualTo(Arrays.stream(Metric.values())
                            .filter(metric -> metric.appliesTo(task, topK))
                            .collect(Collectors.toSet()));
        }
    }

    @Test
    void every_metric_applies_to_a_task() {
        assertThat(Metric.values())
                .allSatisfy(metric -> assertThat(Task.values()).anyMatch(task -> metric.appliesTo(task, 1)));
    }

    @Test
    void names_are_unique() {
        for (Function<Metric, String> name :
                Set.<Function<Metric, String>>of(Metric::field, Metric::key, Metric::label, Metric::column)) {
            assertThat(Arrays.stream(Metric.values()).map(name)).doesNotHaveDuplicates();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"TOP_K_ACCURACY topKAccuracy top_k_accuracy top-k", "R2 r2 r2 r2", "PR_AUC prAuc pr_auc pr auc"})
    void a_metric_has_a_name_for_json_for_options_and_for_tables(String names) {
        String[] expected = names.split(" ", 4);
        Metric metric = Metric.valueOf(expected[0]);
        assertThat(new String[] {metric.field(), metric.key(), metric.column()})
                .containsExactly(Arrays.copyOfRange(expected, 1, 4));
    }

    /** Returns a tally of samples with all labels, each of which is predicted with an error. */
    private static Tally tally(Task task, int topK) {
        int outputs = task.hasClasses() || task == Task.MASK ? 3 : task == Task.BOX ? 4 : 1;
        Tally tally = Tally.of(task, outputs);
        for (int i = 0; i < 30; i++) {
            int label = i % (task.hasClasses() ? 3 : 2);
            float[] labels = new float[task.hasClasses() ? 1 : outputs];
            Arrays.fill(labels, label);
            float[] predictions = new float[outputs];
            IntStream.range(0, outputs).forEach(k -> predictions[k] = 0.1f + 0.2f * k);
            tally.add(0.5, 1, new PredictedSamples(outputs, topK, labels, predictions, predictions), 0, 0, 1);
        }
        return tally;
    }
}
