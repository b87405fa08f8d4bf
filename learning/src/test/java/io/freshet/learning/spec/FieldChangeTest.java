package io.freshet.learning.spec;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.learning.yaml.FieldChange;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Would catch a change that is applied but not shown. */
class FieldChangeTest {
    private static final String SMALLEST = """
            name: m
            label: y
            features: {numeric: [a]}
            """;

    @Test
    void equal_specifications_have_no_differences() {
        assertThat(differences("loss: huber\noptimizer: sgd", "loss: {type: huber, delta: 1}\noptimizer: {type: sgd}"))
                .isEmpty();
    }

    @Test
    void prints_one_line_per_field() {
        assertThat(
                        differences(
                                "loss: huber\noptimizer: sgd",
                                "loss: {type: huber, delta: 2}\noptimizer: {type: adam, learningRate: 0.5}\nkey: k\nfrozen: true"))
                .containsExactly(
                        "loss.delta: 1.0 -> 2.0",
                        "optimizer.type: sgd -> adam",
                        "optimizer.learningRate: 0.01 -> 0.5",
                        "optimizer.beta1: none -> 0.9",
                        "optimizer.beta2: none -> 0.999",
                        "optimizer.epsilon: none -> 1.0E-8",
                        "frozen: false -> true",
                        "key: none -> k");
    }

    @Test
    void a_mapping_replaced_by_a_scalar_is_one_difference() {
        assertThat(differences("loss: huber\noptimizer: sgd", "loss: mean-squared-error\noptimizer: sgd"))
                .containsExactly("loss: {type=huber, delta=1.0} -> mean-squared-error");
    }

    @Test
    void reset_is_not_a_difference() {
        assertThat(differences("loss: huber", "loss: huber\nreset: true")).isEmpty();
    }

    @Test
    void a_default_that_depends_on_other_fields_is_compared_by_its_value() {
        String clamped = "loss: poisson\noptimizer: {type: adam, learningRate: 0.5}\nclamp: labels";
        assertThat(differences(clamped, "loss: poisson\noptimizer: scale-free"))
                .contains("optimizer.type: adam -> scale-free")
                .noneMatch(line -> line.startsWith("clamp"));
        assertThat(differences("loss: poisson\noptimizer: scale-free", "loss: poisson"))
                .contains("clamp: labels -> none");
    }

    private static List<String> differences(String before, String after) {
        return ModelSpec.parse(SMALLEST + before).changes(ModelSpec.parse(SMALLEST + after)).stream()
                .map(FieldChange::toString)
                .toList();
    }
}
