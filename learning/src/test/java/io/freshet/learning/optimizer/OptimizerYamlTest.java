package io.freshet.learning.optimizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.learning.TestSpecs;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.learning.spec.OptimizerTable;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;

/** Would catch a lost hyperparameter, an accepted invalid one, and a changed default. */
class OptimizerYamlTest {
    private static final List<Optimizer> ALL = OptimizerTable.ALL.names().stream()
            .map(name -> TestSpecs.optimizer(name, ""))
            .toList();

    @ParameterizedTest
    @FieldSource("ALL")
    void survives_a_yaml_round_trip_with_every_hyperparameter(Optimizer optimizer) {
        StringBuilder hyperparameters = new StringBuilder();
        hyperparameters(optimizer)
                .forEach((name, value) ->
                        hyperparameters.append(", ").append(name).append(": ").append(halved(value)));
        ModelSpec changed = TestSpecs.ofOptimizer(optimizer.name(), hyperparameters.toString());
        hyperparameters(optimizer)
                .forEach((name, value) ->
                        assertThat(hyperparameters(changed.optimizer())).containsEntry(name, halved(value)));
        assertThat(ModelSpec.parse(changed.toYaml())).isEqualTo(changed);
        ModelSpec defaults = TestSpecs.ofOptimizer(optimizer.name(), "");
        assertThat(ModelSpec.parse(defaults.toYaml()).optimizer()).isEqualTo(optimizer);
        assertThat(defaults.training().learningRate()).isEqualTo(optimizer.defaultLearningRate());
    }

    private static Map<String, Object> hyperparameters(Optimizer optimizer) {
        Map<String, Object> all = OptimizerTable.ALL.fields(optimizer);
        all.remove("type");
        return all;
    }

    @Test
    void only_optimizers_without_a_learning_rate_lack_it_in_the_table() {
        assertThat(ALL)
                .allSatisfy(optimizer -> assertThat(OptimizerTable.lacksLearningRate(optimizer.name()))
                        .isEqualTo(!optimizer.hasLearningRate()));
    }

    private static Object halved(Object value) {
        return value instanceof Integer number ? (Object) (number / 2) : (Object) ((Double) value / 2);
    }

    @Test
    void factories_on_the_interface_are_the_defaults_of_the_table() {
        assertThat(ALL)
                .containsExactlyInAnyOrder(
                        Optimizer.sgd(),
                        Optimizer.momentum(),
                        Optimizer.nesterov(),
                        Optimizer.normalizedAdaGrad(),
                        Optimizer.adaGrad(),
                        Optimizer.rmsProp(),
                        Optimizer.adam(),
                        Optimizer.adamW(),
                        Optimizer.ftrl(0, 0),
                        Optimizer.lbfgs(),
                        Optimizer.scaleFree());
    }

    @Test
    void has_the_usual_default_learning_rates() {
        Map<String, Double> others = Map.of(
                "adagrad", 0.05, "adam", 0.001, "adamw", 0.001, "ftrl", 0.1, "lbfgs", 1.0, "normalized-adagrad", 0.5);
        for (Optimizer optimizer :
                ALL.stream().filter(Optimizer::hasLearningRate).toList()) {
            assertThat(optimizer.defaultLearningRate()).isEqualTo(others.getOrDefault(optimizer.name(), 0.01));
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "momentum | momentum: 1.0 | momentum: 1.0 (expected: in [0, 1))",
                "momentum | momentum: 0.99999999 | momentum: 0.99999999 (expected: in [0, 1))",
                "nesterov | momentum: -0.1 | momentum: -0.1 (expected: in [0, 1))",
                "adagrad | epsilon: 0.0 | epsilon: 0.0 (expected: in [1e-15, 1])",
                "adagrad | epsilon: 1e-25 | epsilon: 1.0E-25 (expected: in [1e-15, 1])",
                "rmsprop | decay: 1.5 | decay: 1.5 (expected: in [0, 1))",
                "rmsprop | decay: .nan | decay: NaN (expected: in [0, 1))",
                "rmsprop | decay: 0.99999999 | decay: 0.99999999 (expected: in [0, 1))",
                "rmsprop | epsilon: 2.0 | epsilon: 2.0 (expected: in [1e-15, 1])",
                "adam | beta1: 1.0 | beta1: 1.0 (expected: in [0, 1))",
                "adam | beta2: -1.0 | beta2: -1.0 (expected: in [0, 1))",
                "adam | epsilon: 1e-16 | epsilon: 1.0E-16 (expected: in [1e-15, 1])",
                "adamw | beta2: 1 | beta2: 1 (expected: in [0, 1))",
                "adamw | weightDecay: -0.01 | weightDecay: -0.01 (expected: in [0, 1000])",
                "ftrl | beta: 0.0 | beta: 0.0 (expected: in [1e-15, 1e6])",
                "lbfgs | history: 0 | history: 0 (expected: in [1, 100], whole)",
                "lbfgs | history: 2.5 | history: 2.5 (expected: in [1, 100], whole)",
                "scale-free | learningRate: 0.1 | learningRate: 0.1 (expected: none, since scale-free has no learning rate)",
                "sgd | momentum: 0.9 | momentum: unknown field (expected: one of type, learningRate)",
            })
    void names_an_invalid_hyperparameter(String name, String yaml, String message) {
        assertThatThrownBy(() -> TestSpecs.optimizer(name, ", " + yaml)).hasMessage("optimizer." + message);
    }

    @Test
    void constructors_reject_what_the_table_rejects() {
        assertThatThrownBy(() -> new RmsProp(1, 1e-8)).hasMessage("decay: 1.0 (expected: in [0, 1))");
        assertThatThrownBy(() -> new RmsProp(0.9, Double.NaN)).hasMessageStartingWith("epsilon: NaN");
        assertThatThrownBy(() -> new Momentum(1)).hasMessageStartingWith("momentum: 1.0");
        assertThatThrownBy(() -> new Nesterov(-1)).hasMessageStartingWith("momentum: -1.0");
        assertThatThrownBy(() -> new AdaGrad(1e-25)).hasMessage("epsilon: 1.0E-25 (expected: in [1e-15, 1])");
        assertThatThrownBy(() -> new Adam(0.9, 1, 1e-8)).hasMessageStartingWith("beta2: 1.0");
        assertThatThrownBy(() -> new AdamW(0.9, 0.999, 1e-8, -1)).hasMessageStartingWith("weightDecay: -1.0");
        assertThatThrownBy(() -> new Ftrl(0, 0, 0)).hasMessageStartingWith("beta: 0.0");
        assertThatThrownBy(() -> new Ftrl(1, -1, 0)).hasMessage("l1: -1.0 (expected: in [0, 1e6])");
        assertThatThrownBy(() -> new Lbfgs(0)).hasMessageStartingWith("history: 0");
    }
}
