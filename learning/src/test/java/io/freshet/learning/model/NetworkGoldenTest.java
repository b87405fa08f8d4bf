package io.freshet.learning.model;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.freshet.learning.Golden;
import io.freshet.learning.features.Sample;
import io.freshet.learning.features.Standardizer;
import io.freshet.learning.loss.BinaryCrossEntropy;
import io.freshet.learning.loss.Loss;
import io.freshet.learning.loss.OutputArrays;
import io.freshet.learning.loss.SparseCategoricalCrossEntropy;
import io.freshet.learning.math.ThreadTeam;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Logits, loss and gradients of small networks against PyTorch's in float64 ({@code golden/reference/models.py}). */
class NetworkGoldenTest {
    private static final double RELATIVE = 1e-5;
    private static final double FLOOR = 1e-6;

    static Stream<String> cases() {
        return all().map(node -> node.get("case").textValue()).filter(name -> name.contains("mlp"));
    }

    private static Stream<JsonNode> all() {
        return StreamSupport.stream(
                Golden.read("reference/models.json").get("cases").spliterator(), false);
    }

    @Test
    void covers_every_activation() {
        assertThat(all().filter(node -> node.get("model").textValue().equals("mlp"))
                        .map(node -> node.get("activation").textValue()))
                .containsAll(Arrays.stream(Activation.values())
                        .filter(activation -> activation != Activation.IDENTITY)
                        .map(Activation::id)
                        .toList());
    }

    @ParameterizedTest
    @MethodSource("cases")
    void equals_pytorch(String name) {
        JsonNode golden = all().filter(node -> node.get("case").textValue().equals(name))
                .findFirst()
                .orElseThrow();
        Loss loss = golden.get("loss").textValue().startsWith("sparse")
                ? new SparseCategoricalCrossEntropy()
                : new BinaryCrossEntropy();
        int samples = golden.get("labels").size();
        int outputs = golden.get("logits").get(0).size();
        int numbers = golden.get("inputs").get(0).size();
        Model model = model(golden);
        InputShape in = model.separatesFields()
                ? new InputShape(numbers, golden.at("/shapes/embeddings/0").intValue(), 2)
                : new InputShape(numbers, 0, 0);
        float[] state = join(golden, "parameters");
        assertThat(model.parameterCount(in, outputs)).isEqualTo(state.length);
        Network network = model.network(in, outputs, model.layout(in, outputs, 0), 1, ThreadTeam.ALONE);
        Batch batch = batch(golden, model.batchShape(in, 1), samples);
        float[] logits = new float[samples * outputs];
        float[] predictions = new float[samples * outputs];
        float[] delta = new float[samples * outputs];
        double value = 0;

        network.forward(state, batch, 0, samples, Network.PREDICT, logits);
        for (int i = 0; i < samples; i++) {
            for (int k = 0; k < outputs; k++) {
                assertClose(
                        logits[i * outputs + k],
                        golden.get("logits").get(i).get(k).doubleValue(),
                        "logit " + i);
            }
            value +=
                    loss.evaluate(new OutputArrays(logits, predictions, delta), i * outputs, outputs, batch.labels(), i)
                            / samples;
        }
        assertClose(value, golden.get("value").doubleValue(), "loss");

        for (int i = 0; i < delta.length; i++) {
            delta[i] /= samples;
        }
        Gradient gradient = network.gradient();
        network.backward(state, batch, 0, samples, delta, gradient);
        float[] expected = join(golden, "gradient");
        float[] actual = new float[state.length];
        for (int i = 0; i < gradient.count(); i++) {
            System.arraycopy(
                    gradient.values(),
                    i * gradient.width(),
                    actual,
                    gradient.rows()[i] * gradient.width(),
                    gradient.width());
        }
        System.arraycopy(gradient.dense(), 0, actual, gradient.denseFrom(), gradient.dense().length);
        for (int i = 0; i < expected.length; i++) {
            assertClose(actual[i], expected[i], "gradient " + i);
        }
    }

    private static void assertClose(double actual, double expected, String what) {
        Golden.assertClose(actual, expected, RELATIVE, FLOOR, what);
    }

    private static Model model(JsonNode golden) {
        List<Integer> hidden = new ArrayList<>();
        for (int i = 0; golden.get("shapes").has("weights" + (i + 1)); i++) {
            hidden.add(golden.get("shapes").get("weights" + i).get(1).intValue());
        }
        Activation activation = Arrays.stream(Activation.values())
                .filter(a -> a.id().equals(golden.get("activation").textValue()))
                .findFirst()
                .orElseThrow();
        HiddenLayers layers = new HiddenLayers(hidden, activation, 0);
        return golden.get("model").textValue().equals("mlp")
                ? new Mlp(layers)
                : new EmbeddingMlp(golden.at("/shapes/embeddings/1").intValue(), layers);
    }

    private static Batch batch(JsonNode golden, BatchShape shape, int samples) {
        Batch batch = new Batch(shape);
        for (int i = 0; i < samples; i++) {
            float[] dense = Golden.floats(golden.get("inputs").get(i));
            int[] rows = new int[shape.fields()];
            int[] ends = new int[shape.fields()];
            float[] values = new float[shape.fields()];
            for (int field = 0; field < rows.length; field++) {
                rows[field] =
                        1 + dense.length + golden.get("rows").get(i).get(field).intValue();
                ends[field] = field + 1;
                values[field] = 1;
            }
            float[] label = {golden.get("labels").get(i).floatValue()};
            Sample sample = new Sample(
                    new Sample.Features(new double[0], dense, rows, ends, values),
                    label,
                    1,
                    false,
                    new Sample.Position(0, i, 0, 0));
            Standardizer standardizer = new Standardizer(0, false, new boolean[dense.length], 1);
            batch.add(sample, standardizer, standardizer.start());
        }
        return batch;
    }

    /**
     * Concatenates the arrays of a mapping, which are in the order of the parameters. The reference has the embeddings
     * before the numbers, Freshet after them.
     */
    private static float[] join(JsonNode golden, String field) {
        List<Float> all = new ArrayList<>();
        golden.get(field).fields().forEachRemaining(entry -> {
            List<Float> array = new ArrayList<>();
            for (float number : Golden.floats(entry.getValue())) {
                array.add(number);
            }
            if (golden.has("rows") && entry.getKey().equals("weights0")) {
                int columns = golden.at("/shapes/weights0/1").intValue();
                Collections.rotate(array, golden.get("inputs").get(0).size() * columns);
            }
            all.addAll(array);
        });
        float[] joined = new float[all.size()];
        for (int i = 0; i < joined.length; i++) {
            joined[i] = all.get(i);
        }
        return joined;
    }
}
