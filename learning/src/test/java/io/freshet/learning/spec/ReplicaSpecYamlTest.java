package io.freshet.learning.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.learning.merge.Merge;
import io.freshet.learning.merge.ReplicaSettings;
import io.freshet.learning.merge.Slots;
import io.freshet.learning.merge.Transfer;
import io.freshet.learning.optimizer.Nesterov;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Would catch a default that differs from the documented one, and a model accepted that its replicas cannot learn. */
class ReplicaSpecYamlTest {
    private static final String SMALLEST = "{name: m, label: y, loss: mean-squared-error, features: {numeric: [a]}, ";

    private static ModelSpec spec(String more) {
        return ModelSpec.parse(SMALLEST + more + "}");
    }

    @Test
    void reads_defaults_and_short_forms() {
        assertThat(spec("replicas: 4").replicas())
                .isEqualTo(new ReplicaSettings(4, 1000, 1, Merge.mean(), Slots.LOCAL));
        assertThat(spec("replicas: {count: 2, merge: sum}, optimizer: ftrl").replicas())
                .isEqualTo(new ReplicaSettings(2, 1000, 1, Merge.sum(), Slots.MEAN));
        assertThat(spec("replicas: {count: 2, merge: gradient}, batch: 32").replicas())
                .isEqualTo(new ReplicaSettings(2, 32, 1, Merge.gradient(), Slots.LOCAL));
        assertThat(spec("replicas: {count: 3, merge: {type: nesterov, momentum: 0.8}}")
                        .replicas())
                .isEqualTo(new ReplicaSettings(3, 1000, 1, Merge.outer(new Nesterov(0.8), 0.7), Slots.LOCAL));
    }

    @Test
    void epochs_given_later_are_checked_too() {
        assertThatThrownBy(() -> spec("replicas: 2").withEpochs(2)).hasMessage("epochs: 2 (expected: 1 with replicas)");
        assertThat(spec("replicas: 2").withEpochs(1).replicas()).isNotNull();
    }

    @Test
    void writes_what_it_reads() {
        for (String merge : new String[] {"mean", "{type: momentum, learningRate: 0.5}"}) {
            ModelSpec spec = spec("replicas: {count: 2, period: 50, staleness: 0, merge: " + merge + ", slots: mean}");
            assertThat(ModelSpec.parse(spec.toYaml())).isEqualTo(spec);
        }
        ModelSpec patient = spec("replicas: {count: 2, idle: 0}");
        assertThat(ModelSpec.parse(patient.toYaml())).isEqualTo(patient);
        assertThat(spec("replicas: 2").toYaml()).doesNotContain("idle");
        ModelSpec rounded = spec("replicas: {count: 2, transfer: bfloat16}");
        assertThat(rounded.replicas())
                .isEqualTo(new ReplicaSettings(2, 1000, 1, Merge.mean(), Slots.LOCAL, Transfer.BFLOAT16));
        assertThat(ModelSpec.parse(rounded.toYaml())).isEqualTo(rounded);
        assertThat(spec("seed: 1").toYaml()).doesNotContain("replicas");
    }

    @Test
    void the_partitions_of_a_replica_take_turns() {
        assertThat(spec("replicas: 2").order()).isEqualTo(new OrderSpec(true, 1, 0));
        assertThat(spec("order: strict").order().count()).isEqualTo(100);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "key: k, replicas: 2 | replicas: 2 (expected: none for a model with a key)",
                "replicas: {count: 2, merge: gradient} | batch.size: 1 (expected: at least 2 with replicas.merge: gradient)",
                "replicas: 2, optimizer: lbfgs, batch: full | optimizer: lbfgs (expected: one whose steps can be merged)",
                "replicas: 2, epochs: 2 | epochs: 2 (expected: 1 with replicas)",
                "replicas: 2, deduplicate: 1h | deduplicate: 1h (expected: 0 with replicas)",
                "replicas: 2, order: strict | order: strict (expected: arrival with replicas, whose partitions take turns anyway)",
                "replicas: {count: 2, idle: soon} | replicas.idle: soon (expected: a duration such as 500ms, 10s, 15m, 1h, or 30d; or 0)",
                "replicas: {count: 2, transfer: half} | replicas.transfer: half (expected: one of bfloat16, float32)",
                "replicas: 2, onDivergence: revert | onDivergence: revert (expected: hold or none with a replicas.staleness of 1, since contributions under way would bring the divergence back)",
                "replicas: {count: 2, staleness: 0, merge: nesterov}, onDivergence: reset | onDivergence: reset (expected: hold or none with replicas.merge: nesterov, whose velocity would not return)",
                "replicas: {count: 2, staleness: 0}, optimizer: adam, onDivergence: revert | onDivergence: revert (expected: hold or none with replicas.slots: local, since those of adam would not return)",
                "replicas: {count: 2, reducers: 0} | replicas.reducers: 0 (expected: a whole number from 1 to 64)",
                "replicas: {count: 2, reducers: 2} | replicas.reducers: 2 (expected: at most 1, since the model has that many blocks of about 16,384 parameters)",
                "replicas: {count: 2, reducers: 2, merge: gradient}, batch: 8 | replicas.reducers: 2 (expected: 1 with merge: gradient, whose step needs the gradient of all blocks)",
                "replicas: 0 | replicas: 0 (expected: a whole number from 1 to 1024)"
            })
    void refuses_what_replicas_cannot_learn(String more, String message) {
        assertThatThrownBy(() -> spec(more))
                .isInstanceOf(RuntimeException.class)
                .hasMessage(message);
    }

    @Test
    void a_running_model_keeps_its_replicas() {
        ModelSpec two = spec("replicas: 2");
        assertThat(SpecCompatibility.refusal(two, two)).isNull();
        assertThat(SpecCompatibility.refusal(two, spec("replicas: 3, reset: true")))
                .startsWith("replicas: a changed specification (expected: the same one");
        assertThat(SpecCompatibility.refusal(spec("seed: 1"), two)).startsWith("replicas: ");
    }
}
