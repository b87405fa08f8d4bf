package io.freshet.learning.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.learning.TestSpecs;
import io.freshet.learning.spec.LossTable;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.learning.yaml.SpecException;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Would catch a loss that no specification can select, a lost hyperparameter, and an accepted invalid one. */
class LossYamlTest {
    static Set<String> ofSingleSamples() {
        Set<String> names = new TreeSet<>(LossTable.ALL.names());
        names.remove("sequence-cross-entropy");
        return names;
    }

    @ParameterizedTest
    @MethodSource("ofSingleSamples")
    void a_name_alone_selects_a_loss_with_its_defaults(String name) {
        ModelSpec spec = TestLosses.spec(name);
        assertThat(spec.loss().name()).isEqualTo(name);
        assertThat(ModelSpec.parse(spec.toYaml())).isEqualTo(spec);
        assertThat(TestLosses.read("{type: " + name + "}")).isEqualTo(spec.loss());
    }

    @Test
    void defaults_match_the_documentation() {
        assertThat(TestLosses.read("huber")).isEqualTo(new Huber(1));
        assertThat(TestLosses.read("quantile")).isEqualTo(new Quantile(0.5));
        assertThat(TestLosses.read("dice")).isEqualTo(new Dice(1));
        assertThat(TestLosses.read("iou")).isEqualTo(new Iou(1));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{type: huber, delta: 0.125}",
                "{type: huber, delta: 3}",
                "{type: quantile, tau: 0.9}",
                "{type: dice, smooth: 1e-6}",
                "{type: iou, smooth: 10.5}"
            })
    void changed_hyperparameters_survive_a_yaml_round_trip(String loss) {
        ModelSpec spec = TestLosses.spec(loss);
        assertThat(spec.loss()).isNotEqualTo(TestSpecs.loss(spec.loss().name()));
        assertThat(ModelSpec.parse(spec.toYaml())).isEqualTo(spec);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {type: huber, delta: -1.0}     | loss.delta: -1.0 (expected: > 0)
            {type: huber, delta: 0}        | loss.delta: 0 (expected: > 0)
            {type: huber, delta: .inf}     | loss.delta: Infinity (expected: > 0)
            {type: huber, delta: .nan}     | loss.delta: NaN (expected: > 0)
            {type: huber, delta: wide}     | loss.delta: wide (expected: a number > 0)
            {type: quantile, tau: 0}       | loss.tau: 0 (expected: in (0, 1))
            {type: quantile, tau: 1.0}     | loss.tau: 1.0 (expected: in (0, 1))
            {type: dice, smooth: 0}        | loss.smooth: 0 (expected: > 0)
            {type: iou, smooth: -0.5}      | loss.smooth: -0.5 (expected: > 0)
            {type: hinge, margin: 1}       | loss.margin: unknown field (expected: one of type)
            {type: huber, delt: 1}         | loss.delt: unknown field (expected: delta?)
            """)
    void rejects_invalid_hyperparameters(String loss, String message) {
        assertThatThrownBy(() -> TestLosses.read(loss))
                .isInstanceOf(SpecException.class)
                .hasMessage(message);
    }

    @Test
    void constructors_reject_invalid_hyperparameters() {
        assertThatThrownBy(() -> new Huber(-1)).hasMessage("delta: -1.0 (expected: > 0)");
        assertThatThrownBy(() -> new Quantile(1)).hasMessage("tau: 1.0 (expected: in (0, 1))");
        assertThatThrownBy(() -> new Dice(0)).hasMessage("smooth: 0.0 (expected: > 0)");
        assertThatThrownBy(() -> new Iou(Double.NaN)).hasMessage("smooth: NaN (expected: > 0)");
        assertThatThrownBy(() -> new SequenceCrossEntropy(0)).hasMessage("steps: 0 (expected: at least 1)");
    }

    @Test
    void a_box_has_four_outputs() {
        String yaml = "name: m\nlabel: y\nfeatures: {numeric: [a]}\nloss: box-iou\n";
        assertThat(ModelSpec.parse(yaml).outputs()).isEqualTo(4);
        assertThatThrownBy(() -> ModelSpec.parse(yaml + "outputs: 3\n"))
                .hasMessage("outputs: 3 (expected: a whole number from 4 to 4)");
    }

    @Test
    void the_sequence_loss_requires_a_sequence_model() {
        assertThatThrownBy(() -> TestLosses.read("sequence-cross-entropy"))
                .hasMessage("model.type: linear (expected: sequence, which sequence-cross-entropy needs)");
    }
}
