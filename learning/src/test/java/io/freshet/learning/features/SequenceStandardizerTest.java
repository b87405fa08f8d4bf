package io.freshet.learning.features;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.learning.SequenceCases;
import io.freshet.learning.spec.ModelSpec;
import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Would catch steps that are not standardized, that depend on a later step, or that count as one. */
class SequenceStandardizerTest {
    private static final long SEED = 20260315;

    @ParameterizedTest
    @ValueSource(strings = {"true", "{decay: 0.9}"})
    void a_sequence_is_standardized_like_its_steps_in_order(String standardize) {
        ModelSpec spec = SequenceCases.spec(
                "dense: [{field: v, length: 2, standardize: true}, {field: u, length: 1}], standardize: " + standardize,
                "cell: gru");
        double decay = spec.features().momentDecay();
        Standardizer sequences = spec.features().standardizer();
        Standardizer steps = new Standardizer(0, true, new boolean[] {true, true, false}, decay);
        double[] moments = sequences.start();
        double[] expectedMoments = steps.start();
        for (Sample sample : SequenceCases.samples(spec, 100, SEED)) {
            double[] before = moments.clone();
            float[] z = new float[sample.dense().length + 1];
            sequences.write(moments, sample, z, 1);
            assertThat(moments).isEqualTo(before);
            sequences.keep(moments, sample);
            float[] expected = new float[z.length];
            // As in a prediction, the earlier steps of a sequence count once each, whatever its weight.
            double[] within = expectedMoments.clone();
            for (int at = 0; at < sample.dense().length; at += 3) {
                float[] dense = Arrays.copyOfRange(sample.dense(), at, at + 3);
                steps.write(within, step(dense, 1), expected, 1 + at);
                steps.keep(within, step(dense, 1));
                steps.keep(expectedMoments, step(dense, sample.weight()));
            }
            assertThat(z).as("seed %d", SEED).isEqualTo(expected);
            assertThat(moments).as("seed %d", SEED).isEqualTo(expectedMoments);
            assertThat(z[3]).isEqualTo(sample.dense()[2]);
        }
        assertThat(moments[0]).isGreaterThan(200);
    }

    private static Sample step(float[] dense, float weight) {
        int[] none = {};
        return new Sample(
                new Sample.Features(new double[0], dense, none, none, new float[0]),
                new float[] {0},
                weight,
                false,
                new Sample.Position(0, 0, 0, 0));
    }
}
