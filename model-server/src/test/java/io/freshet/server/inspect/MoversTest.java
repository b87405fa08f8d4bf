package io.freshet.server.inspect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.freshet.learning.features.Lineage;
import io.freshet.learning.predict.SeenNames;
import io.freshet.learning.predict.Snapshot;
import io.freshet.learning.spec.ModelSpec;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Would catch a change that is attributed to the wrong feature. */
class MoversTest {
    @Test
    void the_largest_change_comes_first_with_the_value_before_and_after() {
        ModelSpec spec = ModelSpec.parse(
                "{name: m, label: y, features: {numeric: [x, z], standardize: false}, loss: mean-squared-error}");

        List<Mover> movers = between(snapshot(spec, 1, 2, 3), snapshot(spec, 1, 2.5f, 1));

        assertThat(movers).containsExactly(new Mover("z", 1, 2, 3, 1), new Mover("x", 1, 0.5, 2, 2.5f));
    }

    @Test
    void the_parameters_of_a_feature_count_together() {
        ModelSpec spec = ModelSpec.parse("{name: m, label: y, features: {numeric: [x, z], standardize: false},"
                + " loss: mean-squared-error, model: {type: factorization-machine, rank: 2}}");
        float[] before = new float[spec.parameterCount()];
        float[] after = before.clone();
        // The rows of the table are the bias, x, and z; each has a weight and two factors.
        after[3] = 3;
        after[5] = 4;
        after[6] = 1;

        List<Mover> movers = between(snapshot(spec, before), snapshot(spec, after));

        assertThat(movers).extracting(Mover::name).containsExactly("x", "z");
        assertThat(movers.get(0).parameters()).isEqualTo(2);
        assertThat(movers.get(0).change()).isEqualTo(5);
    }

    @Test
    void layers_without_features_have_their_own_names() {
        ModelSpec spec = ModelSpec.parse("{name: m, label: y, features: {numeric: [x, z], standardize: false},"
                + " loss: mean-squared-error, model: {type: mlp, hidden: [3]}}");
        float[] before = new float[spec.parameterCount()];
        float[] after = before.clone();
        for (int i = 0; i < after.length; i++) {
            after[i] = 1 + i;
        }

        List<Mover> movers = between(snapshot(spec, before), snapshot(spec, after));

        assertThat(movers)
                .extracting(Mover::name)
                .containsExactlyInAnyOrder("x", "z", "dense1.biases", "output.weights", "output.biases");
        assertThat(movers).extracting(Mover::parameters).containsExactlyInAnyOrder(3, 3, 3, 3, 1);
    }

    @Test
    void ten_features_are_listed() {
        StringBuilder names = new StringBuilder();
        for (int i = 0; i < 30; i++) {
            names.append(i == 0 ? "" : ", ").append('x').append(i);
        }
        ModelSpec spec = ModelSpec.parse("{name: m, label: y, features: {numeric: [" + names
                + "], standardize: false}, loss: mean-squared-error}");
        float[] before = new float[spec.parameterCount()];
        float[] after = before.clone();
        for (int i = 1; i < after.length; i++) {
            after[i] = i % 7 + i * 1e-3f;
        }

        List<Mover> movers = between(snapshot(spec, before), snapshot(spec, after));

        assertThat(movers)
                .hasSize(10)
                .isSortedAccordingTo(Comparator.comparingDouble(Mover::change).reversed());
        assertThat(movers.get(0).name()).isEqualTo("x26");
        assertThat(movers.get(0).change()).isCloseTo(6.027, within(1e-6));
    }

    @Test
    void a_hashed_feature_has_the_names_seen_for_it_and_only_those_listed_are_looked_for() {
        ModelSpec spec = ModelSpec.parse(
                "{name: m, label: y, features: {categorical: [city], hashBits: 4}," + " loss: mean-squared-error}");
        float[] before = new float[spec.parameterCount()];
        float[] after = before.clone();
        after[1 + 5] = 1;
        Snapshot earlier = snapshot(spec, before);
        Snapshot later = snapshot(spec, after);

        assertThat(Movers.between(earlier, later, SeenNames::new))
                .extracting(Mover::name)
                .containsExactly("city#5");
        assertThat(Movers.between(earlier, later, wanted -> {
                    assertThat(wanted.toString()).isEqualTo("{5}");
                    SeenNames seen = new SeenNames(wanted);
                    seen.add(5, "city=Rome");
                    return seen;
                }))
                .extracting(Mover::name)
                .containsExactly("city=Rome");
    }

    /** Returns the movers between snapshots without hashed features, so that no name is looked for. */
    private static List<Mover> between(Snapshot before, Snapshot after) {
        return Movers.between(before, after, buckets -> {
            throw new AssertionError(buckets);
        });
    }

    private static Snapshot snapshot(ModelSpec spec, float... parameters) {
        return new Snapshot(
                spec, "", 1, 1, parameters, spec.features().standardizer().start(), new Lineage(), new long[0], null);
    }
}
