package io.freshet.learning.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.learning.optimizer.AdaGrad;
import io.freshet.learning.yaml.SpecException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DefaultOptimizerTest {
    private static final String SMALLEST = "{name: m, label: y, loss: binary-cross-entropy, ";

    @ParameterizedTest
    @ValueSource(
            strings = {
                "features: {sparse: [s]}",
                "features: {sparse: {field: s, hash: true}}",
                "features: {categorical: [c]}",
                "features: {tokens: [t]}",
                "features: {cross: [[a, b]]}",
                "features: {numeric: [x], categorical: [c]}",
                "features: {numeric: [x], standardize: false}",
                "features: {dense: {field: v, length: 2}}",
                "features: {dense: [{field: v, length: 2, standardize: true}, {field: w, length: 2}]}",
                "features: {time: {field: t, features: [hour]}}",
            })
    void a_linear_model_with_features_of_unknown_scale_gets_normalized_adagrad(String features) {
        ModelSpec spec = ModelSpec.parse(SMALLEST + features + "}");

        assertThat(spec.optimizer().name()).isEqualTo("normalized-adagrad");
        assertThat(spec.training().learningRate()).isEqualTo(0.5);
        assertThat(DefaultOptimizer.explain(spec))
                .isEqualTo("normalized-adagrad, learningRate 0.5: the default of a linear model with features that are"
                        + " not standardized");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "features: {numeric: [x]}",
                "features: {numeric: [x], standardize: {decay: 0.9}}",
                "features: {dense: {field: v, length: 2, standardize: true}}",
                "features: {numeric: [x], time: {field: t, features: [hour], encoding: cyclic}}",
            })
    void a_linear_model_of_standardized_numbers_gets_sgd(String features) {
        ModelSpec spec = ModelSpec.parse(SMALLEST + features + "}");

        assertThat(DefaultOptimizer.explain(spec))
                .isEqualTo("sgd, learningRate 0.01: the default of a linear model whose features are standardized");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "regularization: {l1: 0.1}",
                "regularization: {l2: 0.1}",
                "clip: {norm: 1}",
                "schedule: {type: inverse}",
                "replicas: 2",
            })
    void where_steps_cannot_look_ahead_adagrad_takes_over_and_says_why(String setting) {
        ModelSpec spec = ModelSpec.parse(SMALLEST + "features: {sparse: [s]}, " + setting + "}");

        assertThat(spec.optimizer().name()).isEqualTo("adagrad");
        assertThat(DefaultOptimizer.explain(spec))
                .contains("the default of a linear model with features that are not standardized, where another does"
                        + " not apply: " + setting.substring(0, setting.indexOf(':')));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "mean-squared-error | {categorical: [c]}",
                "mean-squared-error | {numeric: [x]}",
                "mean-absolute-error | {numeric: [x], standardize: false}",
                "{type: huber, delta: 2} | {sparse: [s]}",
                "{type: quantile, tau: 0.5} | {numeric: [x]}",
            })
    void a_loss_in_the_unit_of_its_label_gets_scale_free(String loss, String features) {
        ModelSpec spec = ModelSpec.parse("{name: m, label: y, features: " + features + ", loss: " + loss + "}");

        assertThat(DefaultOptimizer.explain(spec))
                .isEqualTo("scale-free: the default of a linear model with a loss in the unit of its label");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "mean-squared-error, replicas: 2 | {numeric: [x]} | sgd, learningRate 0.01",
                "mean-squared-error, replicas: 2 | {categorical: [c]} | adagrad, learningRate 0.05, epsilon 1.0E-8",
                "mean-squared-error, regularization: {l1: 0.1} | {sparse: [s]} | adagrad, learningRate 0.05, epsilon 1.0E-8",
                "{type: quantile, tau: 0.9} | {numeric: [x]} | sgd, learningRate 0.01",
            })
    void where_scale_free_does_not_apply_a_plain_optimizer_takes_over(String rest, String features, String named) {
        ModelSpec spec = ModelSpec.parse("{name: m, label: y, features: " + features + ", loss: " + rest + "}");

        assertThat(DefaultOptimizer.explain(spec))
                .startsWith(named + ": the default of a linear model with a loss in the unit of its label, where"
                        + " another does not apply: ");
    }

    @Test
    void a_rate_alone_is_one_of_sgd_where_the_default_has_none() {
        ModelSpec spec = ModelSpec.parse(
                "{name: m, label: y, features: {numeric: [x]}, loss: mean-squared-error, optimizer: {learningRate: 0.1}}");

        assertThat(DefaultOptimizer.explain(spec))
                .isEqualTo("sgd, learningRate 0.1, instead of scale-free: the default of a linear model with a loss in"
                        + " the unit of its label");
    }

    @Test
    void counts_get_normalized_adagrad_since_their_logits_are_logarithms() {
        ModelSpec spec = ModelSpec.parse("{name: m, label: y, features: {categorical: [c]}, loss: poisson}");

        assertThat(spec.optimizer().name()).isEqualTo("normalized-adagrad");
        assertThat(spec.clamps()).isTrue();
    }

    @Test
    void a_loss_that_is_not_convex_gets_adagrad() {
        ModelSpec spec = ModelSpec.parse("{name: m, label: [a, b], outputs: 2, loss: dice, features: {sparse: [s]}}");

        assertThat(spec.optimizer().name()).isEqualTo("adagrad");
    }

    @Test
    void another_optimizer_is_named_beside_the_default() {
        ModelSpec spec = ModelSpec.parse(SMALLEST + "features: {sparse: [s]}, optimizer: sgd}");

        assertThat(DefaultOptimizer.explain(spec))
                .isEqualTo("sgd, learningRate 0.01, instead of normalized-adagrad, learningRate 0.5: the default of a"
                        + " linear model with features that are not standardized");
    }

    @Test
    void a_mapping_without_a_type_has_fields_of_the_default() {
        ModelSpec spec = ModelSpec.parse(SMALLEST + "features: {sparse: [s]}, optimizer: {learningRate: 0.1}}");
        ModelSpec shrunk = ModelSpec.parse(
                SMALLEST + "features: {sparse: [s]}, regularization: {l2: 0.1}, optimizer: {epsilon: 0.001}}");

        assertThat(DefaultOptimizer.explain(spec))
                .isEqualTo("normalized-adagrad, learningRate 0.1, instead of normalized-adagrad, learningRate 0.5: the"
                        + " default of a linear model with features that are not standardized");
        assertThat(shrunk.optimizer()).isEqualTo(new AdaGrad(0.001));
        assertThat(DefaultOptimizer.explain(shrunk))
                .startsWith("adagrad, learningRate 0.05, epsilon 0.001, instead of adagrad, learningRate 0.05, epsilon"
                        + " 1.0E-8: the default of a linear model");
    }

    @Test
    void the_effective_specification_names_the_default() {
        ModelSpec spec = ModelSpec.parse(SMALLEST + "features: {sparse: [s]}}");

        assertThat(spec.toYaml()).contains("type: normalized-adagrad");
        assertThat(ModelSpec.parse(spec.toYaml())).isEqualTo(spec);
        assertThat(ModelSpec.parse(spec.toYaml())).isEqualTo(spec);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "features: {sparse: [s]}",
                "features: {sparse: [s]}, optimizer: {}",
                "features: {numeric: [x], categorical: [c]}",
                "features: {sparse: [s]}, model: factorization-machine",
                "features: {sparse: [s]}, clip: {norm: 1}"
            })
    void a_running_model_keeps_its_optimizer(String change) {
        ModelSpec running = ModelSpec.parse(SMALLEST + "features: {numeric: [x]}, optimizer: {type: ftrl, beta: 2}}");

        ModelSpec changed = ModelSpec.parseChange(SMALLEST + change + "}", running);

        assertThat(changed.optimizer()).isEqualTo(running.optimizer());
        assertThat(changed.training().learningRate()).isEqualTo(0.1);
    }

    @Test
    void a_change_may_name_a_rate_or_another_optimizer() {
        ModelSpec running = ModelSpec.parse(SMALLEST + "features: {sparse: [s]}}");
        String yaml = SMALLEST + "features: {sparse: [s]}, optimizer: ";

        ModelSpec slower = ModelSpec.parseChange(yaml + "{learningRate: 0.1}}", running);
        ModelSpec other = ModelSpec.parseChange(yaml + "sgd}", running);

        assertThat(slower.optimizer()).isEqualTo(running.optimizer());
        assertThat(slower.training().learningRate()).isEqualTo(0.1);
        assertThat(ModelSpec.parseChange(yaml + "{learningRate: }}", slower)).isEqualTo(slower);
        assertThat(other).isEqualTo(ModelSpec.parse(yaml + "sgd}"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "schedule: {warmup: 100} | schedule.warmup: 100 (expected: 0, since",
                "schedule: inverse | schedule: inverse (expected: constant, since",
                "clip: {norm: 5} | clip.norm: 5.0 (expected: none, since",
                "clip: {value: 5} | clip.value: 5.0 (expected: none, since",
                "regularization: {l2: 0.1} | regularization.l2: 0.1 (expected: 0, since",
            })
    void a_running_model_is_not_changed_to_what_its_optimizer_cannot_learn(String change, String message) {
        ModelSpec running = ModelSpec.parse(SMALLEST + "features: {sparse: [s]}}");

        assertThatThrownBy(() -> ModelSpec.parseChange(SMALLEST + "features: {sparse: [s]}, " + change + "}", running))
                .isInstanceOf(SpecException.class)
                .hasMessageStartingWith(message + " optimizer normalized-adagrad ");
    }

    @Test
    void a_rate_in_a_message_is_that_of_the_optimizer_in_the_end() {
        assertThatThrownBy(() ->
                        ModelSpec.parse(SMALLEST + "features: {sparse: [s]}, schedule: {type: cosine, minimum: 1}}"))
                .hasMessage("schedule.minimum: 1.0 (expected: at most optimizer.learningRate, 0.05)");
    }

    @Test
    void many_outputs_are_not_limited_by_default() {
        String yaml =
                "{name: m, label: y*, outputs: %d, loss: mean-squared-error, features: {categorical: [c], hashBits: 8}}";

        assertThat(ModelSpec.parse(yaml.formatted(1000)).clamps()).isTrue();
        assertThat(ModelSpec.parse(yaml.formatted(1001)).clamps()).isFalse();
    }

    @Test
    void a_default_hides_no_error_of_other_fields() {
        assertThatThrownBy(() -> ModelSpec.parse(SMALLEST + "features: {sparse: [s]}, clip: {norm: 0}}"))
                .isInstanceOf(SpecException.class)
                .hasMessage("clip.norm: 0 (expected: > 0)");
    }
}
