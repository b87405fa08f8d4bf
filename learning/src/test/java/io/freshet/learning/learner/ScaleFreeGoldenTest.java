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
 * Would catch a formula of {@code scale-free} that differs from its definition: for every loss that it learns, one output or several,
 * weights below and above 1, scales that grow by 40 orders of magnitude, and features that come late.
 */
class ScaleFreeGoldenTest {
    private static final JsonNode FILE = Golden.read("reference/scale_free.json");
    private static final String[] PARTS = {"theta", "phi", "V", "M"};

    static Stream<JsonNode> examples() {
        return StreamSupport.stream(FILE.get("examples").spliterator(), false);
    }

    static Stream<JsonNode> streams() {
        return StreamSupport.stream(FILE.get("streams").spliterator(), false);
    }

    @ParameterizedTest
    @MethodSource("examples")
    void follows_the_examples_one_by_one_and_in_batches(JsonNode golden) {
        compare(golden, "1", 1e-6);
        compare(golden, "2", 1e-6);
    }

    @ParameterizedTest
    @MethodSource("streams")
    void follows_the_definition_along_a_stream(JsonNode golden) {
        compare(golden, "1", 1e-5);
    }

    private static void compare(JsonNode golden, String batch, double tolerance) {
        int length = golden.at("/samples/0/0").size();
        Learner learner = new Learner(ModelSpec.parse("""
                name: test
                label: y
                features: {dense: [{field: v, length: %d}]}
                outputs: %d
                loss: %s
                optimizer: scale-free
                batch: %s
                """.formatted(
                length, golden.get("outputs").intValue(), golden.get("loss").textValue(), batch)));
        LearnerState state = learner.start();
        int check = 0;
        for (int i = 0; i < golden.get("samples").size(); i++) {
            learner.learn(state, sample(golden.get("samples").get(i), i));
            boolean isChecked = golden.get("checks").get(check).intValue() == i + 1;
            if (isChecked && state.pendingSize() > 0) {
                learner.finish(state, () -> {});
            }
            if (isChecked) {
                String what = golden.get("case").textValue() + ", batch " + batch + ", sample " + (i + 1) + ", ";
                compare(what, state, golden, check, tolerance);
                check++;
            }
        }
        assertThat(check).isEqualTo(golden.get("checks").size());
    }

    private static void compare(String what, LearnerState state, JsonNode golden, int check, double tolerance) {
        double[] memory = state.updateMemory();
        JsonNode expected = golden.get("memory").get(check);
        assertThat(memory).hasSize(expected.size());
        for (int i = 0; i < memory.length; i++) {
            String name = what + FILE.get("memory").get(i).textValue();
            assertClose(memory[i], expected.get(i).doubleValue(), tolerance, tolerance / 10, name);
        }
        float[][] numbers = state.weights().convert(state.layout().bySlot()).arrays();
        int outputs = golden.get("outputs").intValue();
        double largestPhi = 0;
        for (JsonNode phi : golden.get("phi").get(check)) {
            largestPhi = Math.max(largestPhi, Math.abs(phi.doubleValue()));
        }
        for (int part = 0; part < PARTS.length; part++) {
            JsonNode row = golden.get(PARTS[part]).get(check);
            boolean perRow = PARTS[part].equals("M");
            boolean cancels = part < 2;
            for (int i = 0; i < numbers[part].length; i++) {
                double of = row.get(perRow ? i / outputs : i).doubleValue();
                double phi = golden.get("phi").get(check).get(i).doubleValue();
                // theta and phi are proportional, and both may cancel to nearly 0.
                double floor = cancels && phi != 0 ? tolerance * largestPhi * Math.abs(of / phi) : 0;
                assertClose(numbers[part][i], of, tolerance, floor, what + PARTS[part] + "[" + i + "]");
            }
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
