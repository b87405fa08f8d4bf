package io.freshet.learning.learner;

import static io.freshet.learning.Golden.assertClose;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.freshet.learning.Golden;
import io.freshet.learning.TestSpecs;
import io.freshet.learning.math.ThreadTeam;
import io.freshet.learning.model.Batch;
import io.freshet.learning.model.Gradient;
import io.freshet.learning.model.Network;
import io.freshet.learning.model.PackedSample;
import io.freshet.learning.model.StateLayout;
import io.freshet.learning.optimizer.Optimizer;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.learning.spec.ScheduleTable;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Would catch an optimizer, schedule, clip, or penalty that differs from PyTorch, alone or combined, and a scheduled rate
 * that is not applied, in both layouts of the state.
 */
class OptimizerReferenceGoldenTest {
    private static final int N = 4;
    private static final JsonNode FILE = Golden.read("reference/optimizers.json");

    static Stream<JsonNode> cases() {
        return StreamSupport.stream(FILE.get("cases").spliterator(), false);
    }

    @Test
    void every_optimizer_that_steps_by_a_gradient_occurs_with_every_schedule() {
        Map<String, Set<String>> schedules = new TreeMap<>();
        cases().forEach(golden -> schedules
                .computeIfAbsent(golden.get("optimizer").textValue(), name -> new TreeSet<>())
                .add(golden.at("/schedule/type").textValue()));
        assertThat(schedules.keySet()).containsExactlyInAnyOrderElementsOf(TestSpecs.steppingOptimizers());
        assertThat(schedules.values()).containsOnly(ScheduleTable.ALL.names());
    }

    @ParameterizedTest
    @MethodSource("cases")
    void parameters_and_slots_are_those_of_the_reference(JsonNode golden) {
        ModelSpec spec = spec(golden);
        int slots = spec.optimizer().slots();
        for (boolean byRow : new boolean[] {true, false}) {
            StateLayout layout = new StateLayout(N, 1, slots, byRow);
            LearnerState state = start(golden, spec, layout);
            Updater updater = new Updater(spec.training(), layout, ThreadTeam.ALONE);
            int check = 0;
            for (int t = 0; t < FILE.get("gradients").size(); t++) {
                updater.update(state, gradient(spec, golden, t), 1, true);
                if (FILE.get("checks").get(check).intValue() == t + 1) {
                    String what = golden.get("case").textValue() + ", step " + (t + 1);
                    compare(what, state, golden, check, t < 10);
                    check++;
                }
                if (golden.has("windowLosses") && (t + 1) % golden.get("window").intValue() == 0) {
                    int window = t / golden.get("window").intValue();
                    double loss = golden.get("windowLosses").get(window).doubleValue();
                    spec.training().schedule().endWindow(state.updateMemory(), loss);
                }
            }
            assertThat(check).isEqualTo(FILE.get("checks").size());
        }
    }

    private static void compare(String what, LearnerState state, JsonNode golden, int check, boolean early) {
        double relative = early ? 1e-5 : 1e-4;
        float[][] numbers = state.weights().convert(state.layout().bySlot()).arrays();
        for (int c = 0; c < N; c++) {
            double expected = golden.get("parameters").get(check).get(c).doubleValue();
            assertClose(numbers[0][c], expected, relative, early ? 1e-7 : 1e-6, what + ", parameter " + c);
            if (golden.has("slots")) {
                int slot = 0;
                for (JsonNode rows : golden.get("slots")) {
                    slot++;
                    double value = rows.get(check).get(c).doubleValue();
                    double floor = early ? 1e-11 : 1e-10;
                    assertClose(numbers[slot][c], value, relative, floor, what + ", slot of " + c);
                }
                assertThat(slot).isEqualTo(state.layout().slots());
            }
        }
    }

    private static ModelSpec spec(JsonNode golden) {
        StringBuilder optimizer = new StringBuilder(golden.get("optimizer").textValue());
        StringBuilder penalties = new StringBuilder(fields(golden.path("regularization")));
        golden.get("hyperparameters")
                .properties()
                .forEach(field -> (field.getKey().matches("l[12]") ? penalties : optimizer)
                        .append(", ")
                        .append(field.getKey())
                        .append(": ")
                        .append(field.getValue().doubleValue()));
        return ModelSpec.parse("""
                name: golden
                label: y
                features: {numeric: [a, b, c], standardize: false}
                loss: mean-squared-error
                optimizer: {type: %s, learningRate: %s}
                schedule: %s
                regularization: {%s}
                clip: {%s}
                """.formatted(
                        optimizer,
                        golden.get("learningRate").doubleValue(),
                        golden.get("schedule"),
                        penalties.toString().replaceFirst("^, ", ""),
                        fields(golden.path("clip")).replaceFirst("^, ", "")));
    }

    private static String fields(JsonNode node) {
        StringBuilder fields = new StringBuilder();
        node.properties()
                .forEach(field -> fields.append(", ")
                        .append(field.getKey())
                        .append(": ")
                        .append(field.getValue().doubleValue()));
        return fields.toString();
    }

    private static LearnerState start(JsonNode golden, ModelSpec spec, StateLayout layout) {
        LearnerState state = new Learner(spec).start();
        state.convert(layout);
        state.weights().set(Golden.floats(golden.get("start")));
        Optimizer optimizer = spec.optimizer();
        if (golden.get("case").textValue().contains("warm start")) {
            for (int c = 0; c < N; c++) {
                float rate = (float) spec.training().learningRate();
                optimizer.warmStart(state.weights(), c * layout.stride(), 1, rate);
            }
        }
        return state;
    }

    /** A sample with the given gradient: its numbers are the components, and its loss has derivative 1. */
    private static Gradient gradient(ModelSpec spec, JsonNode golden, int t) {
        JsonNode all = FILE.get("gradients").get(t);
        List<Integer> present = golden.get("lazy").booleanValue()
                ? StreamSupport.stream(FILE.get("present").get(t).spliterator(), false)
                        .map(JsonNode::intValue)
                        .toList()
                : IntStream.range(0, N).boxed().toList();
        int[] rows = present.stream().mapToInt(Integer::intValue).toArray();
        float[] values = new float[rows.length];
        for (int i = 0; i < rows.length; i++) {
            values[i] = (float) all.get(rows[i]).doubleValue();
        }
        Batch batch = new Batch(spec.model().batchShape(spec.inputShape(), 1));
        batch.restore(new PackedSample(
                new PackedSample.Features(rows, values, new int[0], new float[0], 1),
                new float[1],
                1,
                new PackedSample.Origin(0, 0, 0)));
        Network network =
                spec.model().network(spec.inputShape(), 1, new StateLayout(N, 1, 0, true), 0, ThreadTeam.ALONE);
        Gradient gradient = network.gradient();
        network.backward(new float[N], batch, 0, 1, new float[] {1}, gradient);
        return gradient;
    }
}
