package io.freshet.learning.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.learning.spec.ModelSpec;
import io.freshet.learning.yaml.SpecException;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The contract of every model of the table with every loss that it can learn. */
class ModelContractTest {
    static List<ModelSpec> specs() {
        return ModelCases.all("sgd");
    }

    @ParameterizedTest
    @MethodSource("specs")
    void equals_itself_after_a_yaml_round_trip(ModelSpec spec) {
        assertThat(ModelSpec.parse(spec.toYaml())).isEqualTo(spec);
    }

    @ParameterizedTest
    @MethodSource("specs")
    void initial_parameters_depend_only_on_the_seed_and_the_layer_names(ModelSpec spec) {
        InputShape in = spec.inputShape();
        float[] start = spec.model().initialParameters(in, spec.outputs(), 5);
        assertThat(spec.model().initialParameters(in, spec.outputs(), 5)).isEqualTo(start);
        if (spec.model() instanceof Linear) {
            assertThat(start).containsOnly(0f);
        } else {
            assertThat(spec.model().initialParameters(in, spec.outputs(), 6)).isNotEqualTo(start);
        }
        int at = 0;
        for (Layer layer : spec.model().layers(in, spec.outputs())) {
            float[] parameters = Arrays.copyOfRange(start, at, at + (int) layer.count());
            if (layer.name().endsWith("biases")) {
                assertThat(parameters).containsOnly(0f);
            }
            at += parameters.length;
        }
        assertThat(at).isEqualTo(start.length);
    }

    @Test
    void counts_the_parameters_of_every_layer() {
        Mlp model = new Mlp(new HiddenLayers(List.of(512, 128), Activation.RELU, 0));
        InputShape in = new InputShape(784, 0, 0);
        assertThat(model.layers(in, 10).stream().map(layer -> layer.name() + " " + layer.count()))
                .containsExactly(
                        "dense1.weights 401408",
                        "dense1.biases 512",
                        "dense2.weights 65536",
                        "dense2.biases 128",
                        "output.weights 1280",
                        "output.biases 10");
        assertThat(model.parameterCount(in, 10)).isEqualTo(468_874);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{type: mlp}|categorical: [c]|model.type: mlp (expected: embedding-mlp, which accepts hashed features)",
                "{type: embedding-mlp}|numeric: [a]|model.type: embedding-mlp (expected: mlp, since no feature is hashed)",
                "{type: mlp, hidden: []}|numeric: [a]|model.hidden: [] (expected: a list of 1 to 16 whole numbers, each from 1 to 65536)",
                "{type: mlp, hidden: [4, 0]}|numeric: [a]|model.hidden[1]: 0 (expected: a list of 1 to 16 whole numbers, each from 1 to 65536)",
                "{type: mlp, hidden: 5}|numeric: [a]|model.hidden: 5 (expected: a list of 1 to 16 whole numbers, each from 1 to 65536)",
                "{type: mlp, activation: swish}|numeric: [a]|model.activation: swish (expected: one of gelu, leaky-relu, relu, sigmoid, tanh)",
                "{type: mlp, dropout: 1}|numeric: [a]|model.dropout: 1 (expected: in [0, 0.99])",
                "{type: embedding-mlp, dimension: 0}|categorical: [c]|model.dimension: 0 (expected: a whole number from 1 to 1024)",
                "{type: mlp, dimension: 3}|numeric: [a]|model.dimension: unknown field (expected: one of type, hidden, activation, dropout)",
            })
    void rejects_invalid_hyperparameters(String model, String features, String message) {
        String yaml =
                "name: t\nlabel: y\nfeatures: {%s}\nmodel: %s\nloss: mean-squared-error\n".formatted(features, model);
        assertThatThrownBy(() -> ModelSpec.parse(yaml))
                .isInstanceOf(SpecException.class)
                .hasMessage(message);
    }
}
