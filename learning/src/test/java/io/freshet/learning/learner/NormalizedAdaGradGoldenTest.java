package io.freshet.learning.learner;

import static io.freshet.learning.Golden.assertClose;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.freshet.learning.Golden;
import io.freshet.learning.features.Sample;
import io.freshet.learning.spec.ModelSpec;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Would catch a formula of {@code normalized-adagrad} that differs from its definition: for every convex loss, one output or several,
 * weights below and above 1, features of any scale, and scales that grow.
 */
class NormalizedAdaGradGoldenTest {
    private static final double TOLERANCE = 1e-5;

    static Stream<JsonNode> cases() {
        JsonNode cases = Golden.read("reference/normalized_adagrad.json").get("cases");
        return StreamSupport.stream(cases.spliterator(), false);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void follows_the_definition(JsonNode golden) {
        ModelSpec spec = spec(golden);
        Learner learner = new Learner(spec);
        LearnerState state = learner.start();
        int check = 0;
        for (int i = 0; i < golden.get("samples").size(); i++) {
            learner.learn(state, sample(golden.get("samples").get(i), i));
            if (golden.get("checks").get(check).intValue() == i + 1) {
                String what = golden.get("case").textValue() + ", sample " + (i + 1) + ": ";
                compare(what, state, golden, check);
                check++;
            }
        }
        assertThat(check).isEqualTo(golden.get("checks").size());
    }

    private static ModelSpec spec(JsonNode golden) {
        StringBuilder loss = new StringBuilder("{type: " + golden.get("loss").textValue());
        golden.get("hyperparameters")
                .properties()
                .forEach(each ->
                        loss.append(", ").append(each.getKey()).append(": ").append(each.getValue()));
        return ModelSpec.parse("""
                name: test
                label: y
                features: {dense: [{field: v, length: %d}]}
                outputs: %d
                loss: %s}
                optimizer: normalized-adagrad
                """.formatted(
                        golden.at("/samples/0/0").size(), golden.get("outputs").intValue(), loss));
    }

    private static void compare(String what, LearnerState state, JsonNode golden, int check) {
        double[] memory = state.updateMemory();
        JsonNode expected = golden.get("memory").get(check);
        assertThat(memory).hasSize(expected.size());
        for (int i = 0; i < memory.length; i++) {
            assertClose(memory[i], expected.get(i).doubleValue(), TOLERANCE, 0, what + (i == 0 ? "N" : "T"));
        }
        float[][] numbers = state.weights().convert(state.layout().bySlot()).arrays();
        int outputs = golden.get("outputs").intValue();
        for (int i = 0; i < numbers[0].length; i++) {
            double s = golden.get("s").get(check).get(i / outputs).doubleValue();
            String at = "[" + i + "]";
            assertClose(numbers[2][i], s, TOLERANCE, 0, what + "s" + at);
            double g = golden.get("G").get(check).get(i).doubleValue();
            assertClose(numbers[1][i] * s * s, g, 2 * TOLERANCE, 0, what + "G" + at);
            double theta = golden.get("theta").get(check).get(i).doubleValue();
            // In units of the feature: a theta that crosses 0 has no relative precision.
            assertClose(numbers[0][i] * s, theta * s, TOLERANCE, TOLERANCE / 5, what + "theta" + at);
        }
    }

    private static Sample sample(JsonNode listed, int at) {
        return new Sample(
                new Sample.Features(new double[0], Golden.floats(listed.get(0)), new int[0], new int[0], new float[0]),
                Golden.floats(listed.get(1)),
                listed.get(2).floatValue(),
                false,
                new Sample.Position(0, at, 0, 0));
    }
}
