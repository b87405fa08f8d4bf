package io.freshet.learning.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.learning.spec.ModelSpec;
import org.junit.jupiter.api.Test;

/** Would catch a missing layer, and biases that count as weights. */
class ParameterTableTest {
    @Test
    void lists_the_weights_and_biases_of_each_layer() {
        ModelSpec spec = ModelSpec.parse("""
                name: digits
                label: digit
                features: {dense: {field: pixel*, length: 784}}
                model: {type: mlp, hidden: [512, 128]}
                outputs: 10
                loss: sparse-categorical-cross-entropy
                """);
        assertThat(spec.parameterTable()).isEqualTo("""
                        layer               shape  parameters
                        dense1.weights  784 x 512     401,408
                        dense1.biases         512         512
                        dense2.weights  512 x 128      65,536
                        dense2.biases         128         128
                        output.weights   128 x 10       1,280
                        output.biases          10          10
                        total                         468,874  (468,224 weights, 650 biases)""");
        assertThat(spec.parameterCount()).isEqualTo(468_874);
    }

    @Test
    void uses_the_singular_for_one_weight_and_one_bias() {
        ModelSpec spec = ModelSpec.parse("""
                name: m
                label: y
                features: {numeric: [a]}
                loss: mean-squared-error
                """);
        assertThat(spec.parameterTable()).endsWith("(1 weight, 1 bias)");
    }

    @Test
    void lists_the_bias_and_a_row_of_weights_for_each_feature_of_a_linear_model() {
        ModelSpec spec = ModelSpec.parse("""
                name: m
                label: y
                features: {numeric: [a, b], categorical: [c], hashBits: 4}
                loss: mean-squared-error
                """);
        assertThat(spec.parameterTable().lines())
                .containsExactly(
                        "layer     shape  parameters",
                        "bias          1           1",
                        "weights  18 x 1          18",
                        "total                    19  (18 weights, 1 bias)");
    }
}
