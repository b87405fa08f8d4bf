package io.freshet.learning.loss;

import static io.freshet.learning.Golden.assertClose;
import static io.freshet.learning.Golden.floats;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.freshet.learning.Golden;
import io.freshet.learning.TestSpecs;
import io.freshet.learning.spec.LossTable;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Would catch a wrong formula, and one that loses its digits where logits are large or a class is all but certain. */
class LossGoldenTest {
    /** One step's tolerance against float64. */
    private static final double RELATIVE = 1e-5;

    private static final double FLOOR = 1e-12;

    @Test
    void value_gradient_and_prediction_are_those_of_the_definition() {
        Set<String> seen = new HashSet<>();
        for (JsonNode golden : Golden.read("losses.json")) {
            Loss loss = TestSpecs.loss(golden.get("loss").textValue());
            float[] logits = floats(golden.get("logits"));
            float label = (float) golden.get("label").doubleValue();
            int outputs = logits.length;
            float[] prediction = new float[outputs];
            float[] gradient = new float[outputs];

            double value = loss.evaluate(logits, 0, outputs, new float[] {label}, 0, prediction, gradient);

            String what = golden.get("loss") + " of " + golden.get("logits") + ", label " + label;
            assertClose(value, golden.get("value").doubleValue(), RELATIVE, FLOOR, "value of " + what);
            for (int j = 0; j < outputs; j++) {
                double p = golden.get("prediction").get(j).doubleValue();
                assertClose(prediction[j], p, RELATIVE, FLOOR, "prediction " + j + " of " + what);
                double g = golden.get("gradient").get(j).doubleValue();
                assertClose(gradient[j], g, RELATIVE, FLOOR, "gradient " + j + " of " + what);
            }
            seen.add(loss.name());
        }
        assertThat(seen).as("losses in the golden file").hasSameElementsAs(LossTable.names());
    }
}
