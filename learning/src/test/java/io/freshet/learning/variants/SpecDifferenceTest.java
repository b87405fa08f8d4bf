package io.freshet.learning.variants;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.learning.spec.ModelSpec;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Would catch a change that is applied and not shown. */
class SpecDifferenceTest {
    private static final String SMALLEST = """
            name: m
            label: y
            features: {numeric: [a]}
            """;

    @Test
    void the_same_specification_has_none() {
        assertThat(differences("loss: huber", "loss: {type: huber, delta: 1}\noptimizer: {type: sgd}"))
                .isEmpty();
    }

    @Test
    void each_field_is_a_line() {
        assertThat(
                        differences(
                                "loss: huber",
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
    void what_was_a_mapping_and_is_none_is_one_value() {
        assertThat(differences("loss: huber", "loss: mean-squared-error"))
                .containsExactly("loss: {type=huber, delta=1.0} -> mean-squared-error");
    }

    @Test
    void whether_it_may_start_anew_is_none() {
        assertThat(differences("loss: huber", "loss: huber\nreset: true")).isEmpty();
    }

    private static List<String> differences(String before, String after) {
        return SpecDifference.between(ModelSpec.parse(SMALLEST + before), ModelSpec.parse(SMALLEST + after)).stream()
                .map(SpecDifference::toString)
                .toList();
    }
}
