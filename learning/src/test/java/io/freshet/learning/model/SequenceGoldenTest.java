package io.freshet.learning.model;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.freshet.learning.Golden;
import io.freshet.learning.features.Sample;
import io.freshet.learning.features.Standardizer;
import io.freshet.learning.loss.OutputArrays;
import io.freshet.learning.loss.SequenceCrossEntropy;
import io.freshet.learning.math.ThreadTeam;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Logits, loss and gradients of recurrent networks against PyTorch's in float64 ({@code golden/reference/models.py}).
 */
class SequenceGoldenTest {
    private static final int STEPS = 5;

    static Stream<String> cases() {
        List<String> names =
                cases("sequence").map(node -> node.get("case").textValue()).toList();
        assertThat(names).hasSize(3).anyMatch(name -> name.contains("truncated"));
        return names.stream();
    }

    private static Stream<JsonNode> cases(String model) {
        return StreamSupport.stream(
                        Golden.read("reference/models.json").get("cases").spliterator(), false)
                .filter(node -> node.get("model").textValue().equals(model));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void equals_pytorch(String name) {
        JsonNode golden = cases("sequence")
                .filter(node -> node.get("case").textValue().equals(name))
                .findFirst()
                .orElseThrow();
        int outputs = golden.at("/shapes/outputBias/1").intValue();
        int hidden = golden.at("/shapes/hiddenWeights/0").intValue();
        int numbers = golden.at("/shapes/inputWeights/0").intValue();
        int window = golden.get("window").intValue();
        Sequence model = new Sequence(SequenceCell.GRU, hidden, STEPS, window, 1);
        InputShape in = new InputShape(numbers, 0, 0);
        float[] state = join(golden.get("parameters"));
        assertThat(model.parameterCount(in, outputs)).isEqualTo(state.length);
        Network network = model.network(in, outputs, model.layout(in, outputs, 0), 0, ThreadTeam.ALONE);
        Batch batch = batch(golden, model.batchShape(in, STEPS), numbers);
        int n = batch.size();
        int width = STEPS * outputs;
        float[] logits = new float[n * width];
        float[] delta = new float[n * width];
        network.forward(state, batch, 0, n, Network.PREDICT, logits);
        int row = 0;
        int total = golden.get("logits").size();
        double value = 0;
        for (int i = 0; i < n; i++) {
            for (int t = 0; t < batch.steps(i); t++, row++) {
                for (int k = 0; k < outputs; k++) {
                    double expected = golden.get("logits").get(row).get(k).doubleValue();
                    assertClose(logits[i * width + t * outputs + k], expected, "logit " + row);
                }
            }
            double share = (double) batch.steps(i) / total;
            value += share
                    * new SequenceCrossEntropy(STEPS)
                            .evaluate(
                                    new OutputArrays(logits, new float[n * width], delta),
                                    i * width,
                                    outputs,
                                    batch.labels(),
                                    i * STEPS);
            for (int j = i * width; j < (i + 1) * width; j++) {
                delta[j] *= (float) share;
            }
        }
        assertThat(row).isEqualTo(total);
        assertClose(value, golden.get("value").doubleValue(), "loss");

        Gradient gradient = network.gradient();
        network.backward(state, batch, 0, n, delta, gradient);
        float[] expected = join(golden.get("gradient"));
        assertThat(gradient.dense()).hasSameSizeAs(expected);
        for (int i = 0; i < expected.length; i++) {
            assertClose(gradient.dense()[i], expected[i], "gradient " + i);
        }
    }

    private static void assertClose(double actual, double expected, String what) {
        Golden.assertClose(actual, expected, 1e-5, 1e-6, what);
    }

    private static Batch batch(JsonNode golden, BatchShape shape, int numbers) {
        Batch batch = new Batch(shape);
        Standardizer none = new Standardizer(0, false, new boolean[numbers], 1);
        for (JsonNode sequence : golden.get("sequences")) {
            List<Float> flat = new ArrayList<>();
            sequence.get("inputs").forEach(step -> step.forEach(x -> flat.add(x.floatValue())));
            float[] dense = new float[flat.size()];
            for (int i = 0; i < dense.length; i++) {
                dense[i] = flat.get(i);
            }
            float[] label = Golden.floats(sequence.get("label"));
            int[] noRows = {};
            Sample sample = new Sample(
                    new Sample.Features(new double[0], dense, noRows, noRows, new float[0]),
                    label,
                    1,
                    false,
                    new Sample.Position(0, batch.size(), 0, 0));
            batch.add(sample, none, none.start());
        }
        return batch;
    }

    /** Returns the arrays in the order of the layers of {@link SequenceCell}. */
    private static float[] join(JsonNode arrays) {
        float[] joined = {};
        for (String name :
                List.of("inputWeights", "inputBias", "hiddenWeights", "hiddenBias", "outputWeights", "outputBias")) {
            float[] array = Golden.floats(arrays.get(name));
            int at = joined.length;
            joined = Arrays.copyOf(joined, at + array.length);
            System.arraycopy(array, 0, joined, at, array.length);
        }
        return joined;
    }
}
