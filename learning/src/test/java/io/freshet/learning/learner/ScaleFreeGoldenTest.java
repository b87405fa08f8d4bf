package io.freshet.learning.learner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.freshet.learning.features.Sample;
import io.freshet.learning.spec.ModelSpec;
import java.io.File;
import java.util.List;
import org.junit.jupiter.api.Test;

class ScaleFreeGoldenTest {
    @Test
    void examples() throws Exception {
        JsonNode all = new ObjectMapper().readTree(new File("/tmp/sf/golden.json"));
        for (String batch : List.of("1", "2")) {
        for (JsonNode e : all) {
            String loss = e.get("loss").asText().equals("logistic") ? "binary-cross-entropy" : "mean-squared-error";
            Learner learner = new Learner(ModelSpec.parse("{name: m, label: y, features: {numeric: [p, q, r], standardize: false},"
                    + " model: {type: linear}, loss: " + loss + ", optimizer: scale-free, batch: " + batch + "}"));
            LearnerState state = learner.start();
            List<String> names = List.of("bias", "p", "q", "r");
            JsonNode expected = e.get("expected");
            for (int i = 0; i < 4; i++) {
                JsonNode s = e.get("samples").get(i);
                double[] x = new double[3];
                for (int k = 0; k < 3; k++) x[k] = s.get("x").path(names.get(k + 1)).asDouble(0);
                learner.learn(state, new Sample(new Sample.Features(x, new float[0], new int[0], new int[0], new float[0]),
                        new float[] {(float) s.get("y").asDouble()}, (float) s.get("h").asDouble(), false, new Sample.Position(0, i, 0, 0)));
                if (batch.equals("2")) learner.finish(state, () -> {});
                double[] m = state.scheduleMemory();
                String[] ms = {"a", "S", "a_b", "S_b"};
                for (int k = 0; k < 4; k++) check(e, i, ms[k], expected.get(ms[k]).get(i), m[k]);
                float[] w = state.weights().array();
                for (int row = 0; row < 4; row++) {
                    String[] parts = {"theta_", "phi_", "V_", "M_"};
                    for (int part = 0; part < 4; part++) {
                        JsonNode v = expected.path(parts[part] + names.get(row));
                        if (v.isArray() && !v.get(i).isNull()) check(e, i, parts[part] + names.get(row), v.get(i), w[row * 4 + part]);
                    }
                }
            }
        }
        }
    }

    private void check(JsonNode e, int i, String name, JsonNode v, double found) {
        double x = v.asDouble();
        assertThat(found).as(e.get("loss") + " " + i + " " + name).isCloseTo(x, within(1e-6 * Math.max(0.1, Math.abs(x))));
    }
}
