package io.freshet.cli.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.freshet.learning.features.Lineage;
import io.freshet.learning.predict.Snapshot;
import io.freshet.learning.spec.ModelSpec;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Would catch a weight of another output, and one in the wrong unit. */
class WeightTest {
    @Test
    void lists_the_largest_weights_of_each_output_without_zeros() {
        ModelSpec spec =
                spec("{numeric: [a, b], standardize: false}, outputs: 2, loss: sparse-categorical-cross-entropy");
        Snapshot snapshot = snapshot(spec, new float[] {0, 3, -2, 0, 1, -4}, new double[] {10});

        List<Weight> largest = Weight.largest(snapshot, 1);

        assertThat(largest).extracting(Weight::index).containsExactly(2, 5);
        assertThat(largest).extracting(Weight::output).containsExactly(0, 1);
        assertThat(Weight.largest(snapshot, 20)).extracting(Weight::index).containsExactly(2, 4, 5, 1);
    }

    @Test
    void gives_the_weight_per_unit_of_the_field() {
        ModelSpec spec = spec("""
                {numeric: [a, b], dense: [{field: v, length: 2, divide: 255, standardize: true}],
                 categorical: [c], hashBits: 1}, loss: mean-squared-error""");
        // Population variances 4, 0, 9, and 0.25 of 10 samples.
        double[] moments = {10, 1, 40, 2, 0, 3, 90, 4, 2.5};
        Snapshot snapshot = snapshot(spec, new float[] {1, 6, 5, 4, 3, 2, 0}, moments);

        List<Weight> largest = Weight.largest(snapshot, 20);

        assertThat(largest).extracting(Weight::value).containsExactly(6f, 5f, 4f, 3f, 2f, 1f);
        assertThat(largest.get(0).perUnit()).isEqualTo(3);
        assertThat(largest.get(1).perUnit()).as("a constant field").isNaN();
        assertThat(largest.get(2).perUnit()).isCloseTo(4 / 3.0 / 255, within(1e-15));
        assertThat(largest.get(3).perUnit()).isCloseTo(6.0 / 255, within(1e-15));
        assertThat(largest.get(4).perUnit()).as("a category").isNaN();
        assertThat(largest.get(5).perUnit()).as("the bias").isNaN();
    }

    @Test
    void reads_weighted_moments_as_variances() {
        ModelSpec spec = spec("{numeric: [a], standardize: {decay: 0.9}}, loss: mean-squared-error");

        Weight weight = Weight.largest(snapshot(spec, new float[] {0, 6}, new double[] {10, 1, 4}), 1)
                .get(0);

        assertThat(weight.perUnit()).isEqualTo(3);
    }

    @Test
    void leaves_out_the_factors_of_pairs() {
        ModelSpec spec = spec("{numeric: [a], standardize: false}, loss: mean-squared-error,"
                + " model: {type: factorization-machine, rank: 2}");
        Snapshot snapshot = snapshot(spec, new float[] {1, 0, 0, 2, 9, 9}, new double[] {10});

        assertThat(Weight.largest(snapshot, 20)).extracting(Weight::value).containsExactly(2f, 1f);
    }

    private static ModelSpec spec(String features) {
        return ModelSpec.parse("{name: m, label: y, features: " + features + "}");
    }

    private static Snapshot snapshot(ModelSpec spec, float[] parameters, double[] moments) {
        assertThat(parameters).hasSize(spec.parameterCount());
        return new Snapshot(spec, "", 10, 10, parameters, moments, new Lineage(), new long[0], null);
    }
}
