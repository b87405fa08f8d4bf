package io.freshet.learning.spec;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Would catch a change that readers cannot find, and a default that looks like a change. */
class SpecDifferenceTest {
    private static final String FIELDS = "name: m, label: y, loss: binary-cross-entropy";

    @Test
    void equal_specifications_do_not_differ() {
        assertThat(SpecDifference.between(spec("features: {numeric: [a]}"), spec("features: {numeric: [a]}, seed: 42")))
                .isEmpty();
    }

    @Test
    void a_changed_value_has_its_path_and_both_values() {
        assertThat(SpecDifference.between(
                        spec("features: {numeric: [a]}, optimizer: {type: sgd, learningRate: 0.1}"),
                        spec("features: {numeric: [a, b]}, optimizer: {type: sgd, learningRate: 0.05}")))
                .containsExactly(
                        new SpecDifference("features.numeric", "[a]", "[a, b]"),
                        new SpecDifference("optimizer.learningRate", "0.1", "0.05"));
    }

    @Test
    void a_field_that_only_one_has_lacks_the_other_value() {
        assertThat(SpecDifference.between(
                        spec("features: {numeric: [a]}"), spec("features: {numeric: [a]}, key: shop, weight: w")))
                .contains(new SpecDifference("key", null, "shop"), new SpecDifference("weight", null, "w"));
    }

    private static ModelSpec spec(String rest) {
        return ModelSpec.parse("{" + FIELDS + ", " + rest + "}");
    }
}
