package io.freshet.learning.learner;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.freshet.learning.Golden;
import io.freshet.learning.features.Sample;
import io.freshet.learning.features.Stage;
import io.freshet.learning.spec.ModelSpec;
import java.util.StringJoiner;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Would catch an optimizer that learns a changed label otherwise than as one step along a constant gradient. */
class LabelChangeGoldenTest {
    private static final JsonNode FILE = Golden.read("reference/label_changes.json");

    static Stream<JsonNode> cases() {
        return StreamSupport.stream(FILE.get("cases").spliterator(), false);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void follows_the_definition_along_a_stream(JsonNode golden) {
        JsonNode stream = FILE.get("streams").get(golden.get("stream").intValue());
        Learner learner = new Learner(spec(golden, stream));
        LearnerState state = learner.start();
        int check = 0;
        for (int i = 0; i < stream.get("steps").size(); i++) {
            Sample sample = sample(stream.get("steps").get(i), i);
            boolean changes = sample.stage() == Stage.CHANGED;
            int logits = learner.spec().logitCount();
            learner.learn(state, changes ? LateLabels.replacing(state, sample, logits) : sample);
            if (FILE.get("checks").get(check).intValue() == i + 1) {
                compare(golden, stream.get("loss").textValue(), state, check);
                check++;
            }
        }
        assertThat(check).isEqualTo(FILE.get("checks").size());
        assertThat(state.corrections()).isPositive();
        assertThat(state.rejected()).isZero();
    }

    private static ModelSpec spec(JsonNode golden, JsonNode stream) {
        StringJoiner optimizer = new StringJoiner(", ", "{", "}");
        optimizer.add("type: " + golden.get("optimizer").textValue());
        if (golden.has("learningRate")) {
            optimizer.add("learningRate: " + golden.get("learningRate"));
        }
        golden.get("hyperparameters").properties().stream()
                .filter(each -> !each.getKey().startsWith("l"))
                .forEach(each -> optimizer.add(each.getKey() + ": " + each.getValue()));
        double l1 = golden.at("/hyperparameters/l1").doubleValue();
        double l2 = golden.at("/hyperparameters/l2").asDouble(golden.get("l2").doubleValue());
        return ModelSpec.parse("""
                name: test
                label: y
                features: {dense: [{field: v, length: %d}]}
                outputs: %d
                loss: %s
                optimizer: %s
                join: {within: 1h, after: 0, missing: drop}
                """.formatted(
                                stream.at("/steps/0/0").size(),
                                stream.get("outputs").intValue(),
                                stream.get("loss").textValue(),
                                optimizer)
                + "regularization: {l1: " + l1 + ", l2: " + l2 + "}\n");
    }

    private static Sample sample(JsonNode listed, int at) {
        Sample sample = new Sample(
                new Sample.Features(new double[0], Golden.floats(listed.get(0)), new int[0], new int[0], new float[0]),
                new float[] {listed.get(1).floatValue()},
                listed.get(3).floatValue(),
                false,
                new Sample.Position(0, at, 0, 0));
        float label = sample.label()[0];
        return listed.get(2).isNull()
                ? LateLabels.open(sample, label, at)
                : LateLabels.changed(sample, label, listed.get(2).floatValue(), at);
    }

    private static void compare(JsonNode golden, String loss, LearnerState state, int check) {
        float[] theta = state.weights().convert(state.layout().bySlot()).arrays()[0];
        JsonNode expected = golden.get("theta").get(check);
        assertThat(theta).hasSize(expected.size());
        double scale = 0;
        for (JsonNode each : expected) {
            scale = Math.max(scale, Math.abs(each.doubleValue()));
        }
        for (int i = 0; i < theta.length; i++) {
            String what = golden.get("optimizer").textValue() + ", " + loss + ", check " + check + ", theta[" + i + "]";
            Golden.assertClose(theta[i], expected.get(i).doubleValue(), 1e-5, 1e-5 * scale, what);
        }
    }
}
