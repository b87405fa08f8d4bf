package io.freshet.learning.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.learning.model.FactorizationMachine;
import io.freshet.learning.model.Sequence;
import io.freshet.learning.model.SequenceCell;
import io.freshet.learning.yaml.SpecException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Would catch a hyperparameter of a sequence or factorization machine that is not read, written, or checked. */
class SequenceYamlTest {
    private static final String YAML = """
            name: tags
            label: y
            features: {tokens: [t], length: n}
            model: {type: sequence, cell: gru, hidden: 8, steps: 12, truncate: 4, embedding: 3}
            outputs: 5
            loss: sequence-cross-entropy
            """;

    @Test
    void every_hyperparameter_reads_back_equal() {
        ModelSpec spec = ModelSpec.parse(YAML);
        assertThat(spec.model()).isEqualTo(new Sequence(SequenceCell.GRU, 8, 12, 4, 3));
        assertThat(spec.features().length()).isEqualTo("n");
        assertThat(spec.labelLength()).isEqualTo(12);
        assertThat(spec.logitCount()).isEqualTo(60);
        assertThat(spec.fields().labelIsVector()).isTrue();
        assertThat(spec.numberFields()).containsExactly("n");
        assertThat(spec.vectorFields()).containsExactly("y");
        assertThat(ModelSpec.parse(spec.toYaml())).isEqualTo(spec);
    }

    @Test
    void requires_only_the_steps() {
        ModelSpec spec = ModelSpec.parse(with("model", "{type: sequence, steps: 7}"));
        assertThat(spec.model()).isEqualTo(new Sequence(SequenceCell.GRU, 32, 7, 0, 16));
        ModelSpec dense = ModelSpec.parse(with("model", "{type: sequence, cell: dense, steps: 7}"));
        assertThat(dense.model()).isEqualTo(new Sequence(SequenceCell.DENSE, 32, 7, 0, 16));
        assertThat(ModelSpec.parse(dense.toYaml())).isEqualTo(dense);
    }

    @Test
    void a_factorization_machine_has_eight_factors_by_default() {
        String yaml = "name: m\nlabel: y\nfeatures: {categorical: [c]}\nloss: binary-cross-entropy\nmodel: ";
        ModelSpec spec = ModelSpec.parse(yaml + "{type: factorization-machine}");
        assertThat(spec.model()).isEqualTo(new FactorizationMachine(8));
        assertThat(ModelSpec.parse(spec.toYaml())).isEqualTo(spec);
        assertThat(ModelSpec.parse(yaml + "{type: factorization-machine, rank: 3}")
                        .parameterCount())
                .isEqualTo((1 + (1 << 18)) * 4);
        assertThatThrownBy(() -> ModelSpec.parse(yaml + "{type: factorization-machine, rank: 0}"))
                .hasMessage("model.rank: 0 (expected: a whole number from 1 to 256)");
    }

    @Test
    void counts_parameters_by_layer() {
        ModelSpec spec = ModelSpec.parse(YAML);
        assertThat(spec.model().layers(spec.inputShape(), spec.outputs()))
                .extracting(layer -> layer.name() + " " + layer.rows() + " x " + layer.columns())
                .isEqualTo(List.of(
                        "embeddings 262144 x 3",
                        "gru.inputWeights 3 x 24",
                        "gru.inputBiases 1 x 24",
                        "gru.hiddenWeights 8 x 24",
                        "gru.hiddenBiases 1 x 24",
                        "output.weights 8 x 5",
                        "output.biases 1 x 5"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            features | {tokens: [t], numeric: [a]}     | features.numeric: 1 fields (expected: none; put the numbers of a sequence in dense, step by step)
            features | {categorical: [c]}              | features.categorical: [c] (expected: none; a sequence has dense vectors and tokens, step by step)
            features | {cross: [[c, d]]}               | features.cross: [[c, d]] (expected: none; a sequence has dense vectors and tokens, step by step)
            features | {sparse: [s]}                   | features.sparse: [s] (expected: none; a sequence has dense vectors and tokens, step by step)
            features | {tokens: [t, u]}                | features: 2 hashed fields (expected: at most one tokens field, with a word for each step)
            features | {tokens: [t], length: y}        | features: y (expected: not the label)
            loss     | sparse-categorical-cross-entropy | loss (expected: sequence-cross-entropy, as required by model.type sequence)
            loss     | mean-squared-error              | loss (expected: sequence-cross-entropy, as required by model.type sequence)
            model    | {type: linear}                  | model.type: linear (expected: sequence, which sequence-cross-entropy needs)
            model    | {type: factorization-machine}   | model.type: factorization-machine (expected: sequence, which sequence-cross-entropy needs)
            model    | {type: sequence}                | model.steps: missing (expected: a whole number from 2 to 4096)
            model    | {type: sequence, steps: 1}      | model.steps: 1 (expected: a whole number from 2 to 4096)
            model    | {type: sequence, steps: 9, cell: lstm} | model.cell: lstm (expected: one of dense, gru)
            model    | {type: sequence, steps: 9, hidden: 0}  | model.hidden: 0 (expected: a whole number from 1 to 65536)
            model    | {type: sequence, steps: 4096, hidden: 1024} | model.steps: 4096 (expected: up to 512, of 1024 numbers each)
            outputs  | 1                               | outputs: 1 (expected: a whole number from 2 to 100000)
            """)
    void rejects_features_without_steps(String field, String value, String message) {
        assertThatThrownBy(() -> ModelSpec.parse(with(field, value)))
                .isInstanceOf(SpecException.class)
                .hasMessage(message);
    }

    @Test
    void rejects_truncation_of_a_dense_cell() {
        assertThatThrownBy(() -> ModelSpec.parse(with("model", "{type: sequence, cell: dense, steps: 7, truncate: 3}")))
                .hasMessageStartingWith("model.truncate: 3 (expected: none beside cell: dense");
    }

    @Test
    void rejects_a_length_without_a_sequence() {
        String yaml = "name: m\nlabel: y\nfeatures: {numeric: [a], length: n}\nloss: mean-squared-error\n";
        assertThatThrownBy(() -> ModelSpec.parse(yaml))
                .hasMessage("features.length: n (expected: none, but for model.type sequence)");
    }

    /** Returns the specification with one field replaced. */
    private static String with(String field, String value) {
        return YAML.replaceAll("(?m)^" + field + ": .*$", field + ": " + value.replace("$", "\\$"));
    }
}
