package io.freshet.learning.predict;

import static io.freshet.learning.Golden.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.freshet.learning.Golden;
import io.freshet.learning.features.Stage;
import io.freshet.learning.spec.ModelSpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Catches weights that do not undo the bias of positives learned as negatives first. */
class ImportanceWeightsTest {
    @Test
    void gradients_are_those_of_the_definition() {
        JsonNode cases = Golden.read("reference/late_labels.json").get("weights");

        assertThat(cases).hasSizeGreaterThan(50);
        for (JsonNode each : cases) {
            ImportanceWeights weights = weighted(each.get("late").doubleValue());
            double z = each.get("logit").doubleValue();
            assertClose(open(weights, z, 0), each.get("of0").doubleValue(), 1e-9, 1e-15, each.toString());
            assertClose(open(weights, z, 0.25), each.get("of025").doubleValue(), 1e-9, 1e-15, each.toString());
            assertClose(open(weights, z, 1), each.get("of1").doubleValue(), 1e-9, 1e-15, each.toString());
        }
    }

    /** Each request: its first label, and with the probability s p, a positive later. */
    @ParameterizedTest
    @ValueSource(doubles = {0.05, 0.5, 1})
    void the_expected_gradient_has_the_sign_of_the_error(double late) {
        ImportanceWeights weights = weighted(late);
        for (double p = 0.01; p < 1; p += 0.07) {
            for (double q = 0.01; q < 1; q += 0.07) {
                double expected = expected(weights, late, p, q);
                double formula = (1 + late * q) * (1 - q) / ((1 - q) + late * q) * (q - p);
                assertThat(expected).isCloseTo(formula, within(1e-12));
                if (late == 1) {
                    assertThat(expected).isCloseTo((1 - q * q) * (q - p), within(1e-12));
                }
            }
        }
    }

    @Test
    void calibrated_labels_have_no_weights_so_that_the_share_of_positives_learned_is_the_fixed_point() {
        double late = 0.4;
        ImportanceWeights weights = of("{type: calibrated, late: " + late + "}");
        for (double p = 0.05; p < 1; p += 0.1) {
            double b = p / (1 + late * p);
            assertThat(expected(weights, late, p, b)).isCloseTo(0, within(1e-12));
            assertThat(b / (1 - late * b)).isCloseTo(p, within(1e-12));
        }
        assertThat(weights.weight(Stage.OPEN, 500, 0, 0)).isEqualTo(1);
    }

    @Test
    void a_change_up_is_a_positive_and_a_change_down_is_nothing() {
        ImportanceWeights weights = weighted(0.5);
        double z = 1.3;
        double q = 1 / (1 + Math.exp(-z));

        assertThat(weights.weight(Stage.CHANGED, z, 1, 0)).isCloseTo(1 + 0.5 * q, within(1e-12));
        assertThat(weights.weight(Stage.CHANGED, z, 0.75, 0.25)).isCloseTo(0.5 * (1 + 0.5 * q), within(1e-12));
        assertThat(weights.weight(Stage.CHANGED, z, 0, 1)).isZero();
        assertThat(weights.label(Stage.CHANGED, z, 0.75, 1)).isEqualTo(1);
    }

    @Test
    void a_final_label_is_learned_as_it_is() {
        assertThat(weighted(1).weight(Stage.COMPLETE, 3, 0, 0)).isEqualTo(1);
        assertThat(weighted(1).label(Stage.COMPLETE, 3, 0.3, 1)).isEqualTo(0.3);
    }

    @Test
    void weights_are_finite_for_every_logit() {
        for (double z : new double[] {-1e30, -800, 0, 40, 800, 1e30}) {
            for (Stage stage : Stage.values()) {
                for (double label : new double[] {0, 0.5, 1}) {
                    double weight = weighted(0.7).weight(stage, z, label, 0);
                    assertThat(weight).isBetween(0.0, 2.0);
                    assertThat(weighted(0.7).label(stage, z, label, weight)).isBetween(0.0, 1.0);
                }
            }
        }
    }

    @Test
    void other_methods_have_no_weights() {
        assertThat(ImportanceWeights.of(spec("join: {within: 1h, after: 0}"))).isNull();
        assertThat(ImportanceWeights.of(spec("seed: 1"))).isNull();
    }

    private static double expected(ImportanceWeights weights, double late, double p, double q) {
        double z = Math.log(q / (1 - q));
        double late1 = late * p;
        double positive = (1 - late) * p;
        return positive * open(weights, z, 1)
                + (1 - positive) * open(weights, z, 0)
                + late1 * weights.weight(Stage.CHANGED, z, 1, 0) * (q - weights.label(Stage.CHANGED, z, 1, 1));
    }

    private static double open(ImportanceWeights weights, double z, double label) {
        double weight = weights.weight(Stage.OPEN, z, label, 0);
        double error = label == 1 ? -1 / (1 + Math.exp(z)) : 1 / (1 + Math.exp(-z));
        return weight * (label == 0 || label == 1 ? error : error - weights.label(Stage.OPEN, z, label, weight));
    }

    private static ImportanceWeights weighted(double late) {
        return of("{type: weighted, late: " + late + "}");
    }

    private static ImportanceWeights of(String delayed) {
        ImportanceWeights weights =
                ImportanceWeights.of(spec("join: {within: 1h, after: 0, delayed: " + delayed + "}"));
        assertThat(weights).isNotNull();
        return weights;
    }

    private static ModelSpec spec(String rest) {
        return ModelSpec.parse(
                "{name: m, label: y, features: {numeric: [a]}, loss: binary-cross-entropy, " + rest + "}");
    }
}
