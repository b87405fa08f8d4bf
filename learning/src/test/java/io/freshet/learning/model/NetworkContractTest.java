package io.freshet.learning.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.learning.Golden;
import io.freshet.learning.TestSpecs;
import io.freshet.learning.features.Sample;
import io.freshet.learning.features.Standardizer;
import io.freshet.learning.math.ThreadTeam;
import io.freshet.learning.spec.ModelSpec;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The contract of every network with every loss. */
class NetworkContractTest {
    private static final long SEED = 20260303;

    static List<ModelSpec> specs() {
        return ModelCases.all("sgd");
    }

    @ParameterizedTest
    @MethodSource("specs")
    void the_gradient_of_a_batch_is_the_sum_over_its_samples_in_chunks_of_any_size(ModelSpec spec) {
        int samples = Network.MAXIMUM_SAMPLES + 44;
        RunningNetwork running = new RunningNetwork(spec, ModelCases.samples(spec, samples, SEED));
        double[] sum = new double[running.state.length];
        double[] magnitude = new double[running.state.length];
        for (int i = 0; i < samples; i++) {
            running.gradient.clear();
            running.add(i, i + 1, Network.PREDICT);
            float[] one = running.gradient();
            for (int p = 0; p < sum.length; p++) {
                sum[p] += one[p];
                magnitude[p] += Math.abs(one[p]);
            }
        }
        for (int chunk : new int[] {Network.MAXIMUM_SAMPLES, 100, 1}) {
            running.gradient.clear();
            for (int from = 0; from < samples; from += chunk) {
                running.add(from, Math.min(from + chunk, samples), Network.PREDICT);
            }
            float[] gradient = running.gradient();
            for (int p = 0; p < sum.length; p++) {
                Golden.assertClose(
                        gradient[p], sum[p], 0, 1e-5 * magnitude[p] + 1e-30, "chunks of " + chunk + ", seed " + SEED);
            }
        }
    }

    /** Would catch stale numbers of an earlier batch in reused buffers. */
    @ParameterizedTest
    @MethodSource("specs")
    void a_gradient_does_not_depend_on_earlier_batches(ModelSpec spec) {
        List<Sample> samples = ModelCases.samples(spec, 40, SEED);
        RunningNetwork used = new RunningNetwork(spec, samples);
        used.add(0, 40, Network.PREDICT);
        used.gradient.clear();
        used.add(3, 8, Network.PREDICT);
        RunningNetwork fresh = new RunningNetwork(spec, samples);
        fresh.add(3, 8, Network.PREDICT);
        assertThat(used.gradient()).isEqualTo(fresh.gradient());
        used.gradient.clear();
        assertThat(used.gradient()).containsOnly(0f);
    }

    /** The same numbers, as numbers and as rows of a sparse vector. */
    @Test
    void a_linear_model_treats_numbers_and_sparse_rows_alike() {
        float[] x = {0.5f, -2, 3};
        Sample numbers = new Sample(
                new Sample.Features(new double[] {0.5, -2, 3}, new float[0], new int[0], new int[0], new float[0]),
                new float[] {1},
                1,
                false,
                new Sample.Position(0, 0, 0, 0));
        Sample rows = new Sample(
                new Sample.Features(new double[0], new float[0], new int[] {1, 2, 3}, new int[0], x),
                new float[] {1},
                1,
                false,
                new Sample.Position(0, 0, 0, 0));
        float[] state = {0.1f, 0.2f, 0.3f, 0.4f};
        float[][] logits = new float[2][1];
        float[][] gradients = new float[2][4];
        for (int i = 0; i < 2; i++) {
            InputShape in = i == 0 ? new InputShape(3, 0, 0) : new InputShape(0, 3, 1);
            Standardizer standardizer = new Standardizer(i == 0 ? 3 : 0, false, new boolean[0], 1);
            Batch batch = new Batch(BatchShape.rows(1));
            batch.add(i == 0 ? numbers : rows, standardizer, standardizer.start());
            Network network = new Linear().network(in, 1, new Linear().layout(in, 1, 0), 1, ThreadTeam.ALONE);
            network.forward(state, batch, 0, 1, Network.PREDICT, logits[i]);
            Gradient gradient = network.gradient();
            network.backward(state, batch, 0, 1, new float[] {2}, gradient);
            for (int j = 0; j < gradient.count(); j++) {
                gradients[i][gradient.rows()[j]] = gradient.values()[j];
            }
        }
        assertThat(logits[1]).isEqualTo(logits[0]);
        assertThat(gradients[1]).isEqualTo(gradients[0]).containsExactly(2, 1, -4, 6);
    }

    @Test
    void a_gradient_touches_only_the_embeddings_of_its_samples() {
        ModelSpec spec = ModelCases.of("embedding-mlp", TestSpecs.loss("mean-squared-error"), "sgd");
        List<Sample> samples = ModelCases.samples(spec, 3, SEED);
        RunningNetwork running = new RunningNetwork(spec, samples);
        running.add(0, 3, Network.PREDICT);
        int first = 1 + spec.inputShape().numbers();
        int[] expected = samples.stream()
                .flatMapToInt(sample -> Arrays.stream(sample.rows()))
                .map(row -> row - first)
                .distinct()
                .toArray();
        assertThat(Arrays.copyOf(running.gradient.rows(), running.gradient.count()))
                .containsExactlyInAnyOrder(expected);
        assertThat(expected.length).isLessThan(spec.inputShape().buckets());
    }
}
