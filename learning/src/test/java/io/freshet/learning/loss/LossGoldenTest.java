package io.freshet.learning.loss;

import static io.freshet.learning.Golden.assertClose;
import static io.freshet.learning.Golden.floats;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.freshet.learning.Golden;
import io.freshet.learning.TestSpecs;
import io.freshet.learning.spec.LossTable;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Would catch a wrong formula, and one that is inaccurate for large logits or a nearly certain class. */
class LossGoldenTest {
    /** The tolerance against float64. */
    private static final double RELATIVE = 1e-5;

    private static final double FLOOR = 1e-12;

    @Test
    void equals_the_definition_computed_with_60_digits() {
        for (JsonNode golden : Golden.read("losses.json")) {
            Loss loss = TestSpecs.loss(golden.get("loss").textValue());
            float[] label = {(float) golden.get("label").doubleValue()};
            check(loss, golden, golden.get("logits").size(), label, golden.get("prediction"));
        }
    }

    @Test
    void equals_pytorch() {
        for (JsonNode golden : Golden.read("reference/losses.json").get("losses")) {
            int outputs = golden.get("outputs").intValue();
            check(loss(golden), golden, outputs, floats(golden.get("label")), golden.get("prediction"));
        }
    }

    @Test
    void sequences_equal_pytorch_whatever_follows_their_ends() {
        for (JsonNode batch : Golden.read("reference/losses.json").get("sequences")) {
            Loss loss = new SequenceCrossEntropy(batch.get("longest").intValue());
            double sum = 0;
            for (JsonNode golden : batch.get("sequences")) {
                int length = golden.get("length").intValue();
                float[] label = floats(golden.get("label"));
                Arrays.fill(label, length, label.length, Float.NaN);
                double value = check(loss, golden, batch.get("outputs").intValue(), label, golden.get("prediction"));
                sum += length * value;
            }
            double mean = sum / batch.get("validSteps").intValue();
            assertClose(mean, batch.get("value").doubleValue(), RELATIVE, FLOOR, "value of " + batch.get("case"));
        }
    }

    @Test
    void every_loss_of_the_table_has_a_case() {
        JsonNode golden = Golden.read("reference/losses.json");
        Set<String> seen = new HashSet<>();
        golden.get("losses").forEach(row -> seen.add(row.get("loss").textValue()));
        golden.get("sequences").forEach(row -> seen.add(row.get("loss").textValue()));
        assertThat(seen).containsExactlyInAnyOrderElementsOf(LossTable.ALL.names());
    }

    private static double check(Loss loss, JsonNode golden, int outputs, float[] label, JsonNode expected) {
        float[] logits = floats(golden.get("logits"));
        float[] prediction = new float[logits.length];
        float[] gradient = new float[logits.length];

        double value = loss.evaluate(new OutputArrays(logits, prediction, gradient), 0, outputs, label, 0);

        String what = loss + " of " + golden.get("logits") + ", label " + Arrays.toString(label);
        assertClose(value, golden.get("value").doubleValue(), RELATIVE, FLOOR, "value of " + what);
        for (int j = 0; j < expected.size(); j++) {
            double p = expected.get(j).doubleValue();
            assertClose(prediction[j], p, RELATIVE, FLOOR, "prediction " + j + " of " + what);
        }
        for (int j = 0; j < logits.length; j++) {
            if (golden.has("gradientLeft")) {
                assertBetween(
                        gradient[j],
                        golden.get("gradientLeft").get(j),
                        golden.get("gradientRight").get(j),
                        what);
            } else {
                double g = golden.get("gradient").get(j).doubleValue();
                assertClose(gradient[j], g, RELATIVE, FLOOR, "gradient " + j + " of " + what);
            }
        }
        return value;
    }

    /** At a kink, any slope between those of both sides is valid. */
    private static void assertBetween(double actual, JsonNode left, JsonNode right, String what) {
        double low = Math.min(left.doubleValue(), right.doubleValue());
        double high = Math.max(left.doubleValue(), right.doubleValue());
        assertThat(actual)
                .as("gradient at a kink of " + what)
                .isBetween(low - RELATIVE * Math.abs(low) - FLOOR, high + RELATIVE * Math.abs(high) + FLOOR);
    }

    private static Loss loss(JsonNode golden) {
        StringBuilder yaml = new StringBuilder("{type: " + golden.get("loss").textValue());
        golden.get("hyperparameters")
                .properties()
                .forEach(entry ->
                        yaml.append(", ").append(entry.getKey()).append(": ").append(entry.getValue()));
        return TestLosses.read(yaml + "}");
    }
}
