package io.freshet.cli.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.learning.evaluation.Tally;
import io.freshet.learning.spec.ModelSpec;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Catches a task whose progress has a column without numbers, or lacks one. */
class ProgressTableTest {
    @ParameterizedTest
    @CsvSource({
        "'loss: mean-squared-error', constant mae rmse r2",
        "'loss: huber', mae rmse r2",
        "'loss: binary-cross-entropy', constant accuracy auc pr auc f1",
        "'loss: hinge', constant accuracy auc pr auc f1",
        "'loss: sparse-categorical-cross-entropy, outputs: 3', constant accuracy f1",
        "'loss: sparse-categorical-cross-entropy, outputs: 3, evaluation: {topK: 2}', constant accuracy f1 top-k",
        "'loss: dice, outputs: 4', accuracy iou",
    })
    void a_column_for_each_brief_metric_of_the_task(String yaml, String columns) {
        ModelSpec spec = ModelSpec.parse("{name: m, label: y, features: {numeric: [a]}, " + yaml + "}");
        StringWriter text = new StringWriter();
        Tally nothing = Tally.of(spec.loss().task(), spec.outputs());
        new ProgressTable(new PrintWriter(text), List.of(spec)).finish("m", nothing);
        assertThat(text.toString().lines().findFirst().orElseThrow().replaceAll(" +", " "))
                .isEqualTo("model samples loss since last " + columns);
    }
}
