package io.freshet.learning.optimizer;

import static io.freshet.learning.Golden.assertClose;
import static io.freshet.learning.Golden.floats;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.freshet.learning.Golden;
import io.freshet.learning.TestSpecs;
import io.freshet.learning.model.Weights;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * Would catch an optimizer that multiplies instead of dividing, or that changes untouched rows. Further optimizers are
 * in {@code OptimizerReferenceGoldenTest}.
 */
class OptimizerGoldenTest {
    @Test
    void parameters_and_slots_follow_the_formula_for_150_steps() {
        Set<String> seen = new HashSet<>();
        for (JsonNode golden : Golden.read("optimizers.json")) {
            Optimizer optimizer = TestSpecs.optimizer(golden.get("optimizer").textValue(), hyperparameters(golden));
            follow(golden, optimizer);
            seen.add(optimizer.name());
        }
        assertThat(seen).as("optimizers in the golden file").containsExactlyInAnyOrder("sgd", "rmsprop");
    }

    private static void follow(JsonNode golden, Optimizer optimizer) {
        float[] start = floats(golden.get("start"));
        int n = start.length;
        int width = golden.get("width").intValue();
        float learningRate = (float) golden.get("learningRate").doubleValue();
        float[][] state = new float[1 + optimizer.slots()][n];
        state[0] = start.clone();
        int step = 0;
        int checked = 0;
        for (JsonNode update : golden.get("steps")) {
            int[] rows = new int[update.get("rows").size()];
            for (int i = 0; i < rows.length; i++) {
                rows[i] = update.get("rows").get(i).intValue();
            }
            StepRows.step(optimizer, Weights.bySlot(width, state), rows, floats(update.get("gradient")), learningRate);
            step++;
            JsonNode check = golden.get("checks").get(checked);
            if (check.get("step").intValue() == step) {
                compare(optimizer + " after step " + step, state, check, step == 1 ? 1e-5 : 1e-4);
                checked++;
            }
        }
        assertThat(checked)
                .as("checks of " + optimizer)
                .isEqualTo(golden.get("checks").size());
        int untouched = n - width;
        assertThat(Arrays.copyOfRange(state[0], untouched, n))
                .as("the untouched row")
                .isEqualTo(Arrays.copyOfRange(start, untouched, n));
    }

    private static void compare(String what, float[][] state, JsonNode check, double relative) {
        for (int c = 0; c < state[0].length; c++) {
            double expected = check.get("parameters").get(c).doubleValue();
            // Single steps are up to 400 in either direction, so a small sum of them has lost digits.
            assertClose(state[0][c], expected, relative, relative / 10, what + ", parameter " + c);
            for (int s = 0; s < state.length - 1; s++) {
                double slot = check.get("slots").get(s).get(c).doubleValue();
                assertClose(state[1 + s][c], slot, relative, 1e-20, what + ", slot " + s + " of " + c);
            }
        }
    }

    private static String hyperparameters(JsonNode golden) {
        StringBuilder yaml = new StringBuilder();
        golden.get("hyperparameters")
                .properties()
                .forEach(field -> yaml.append(", ")
                        .append(field.getKey())
                        .append(": ")
                        .append(field.getValue().doubleValue()));
        return yaml.toString();
    }
}
