package io.freshet.learning.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Would catch a default that differs from the documented one, and a model accepted that its replicas cannot learn. */
class ReplicaSpecYamlTest {
    private static final String SMALLEST = "{name: m, label: y, loss: mean-squared-error, features: {numeric: [a]}, ";

    private static ModelSpec spec(String more) {
        return ModelSpec.parse(SMALLEST + (more.contains("optimizer") ? "" : "optimizer: sgd, ") + more + "}");
    }

    @Test
    void reads_defaults_and_short_forms() {
        assertThat(spec("replicas: 4").replicas()).isEqualTo(new ReplicaSettings(4, 1000, 1, Merge.MEAN, Slots.LOCAL));
        assertThat(spec("replicas: {count: 2, merge: mean}, optimizer: ftrl").replicas())
                .isEqualTo(new ReplicaSettings(2, 1000, 1, Merge.MEAN, Slots.MEAN));
        assertThat(spec("replicas: {count: 2, merge: gradient}, batch: 32").replicas())
                .isEqualTo(new ReplicaSettings(2, 32, 1, Merge.GRADIENT, Slots.LOCAL));
    }

    @Test
    void epochs_given_later_are_checked_too() {
        assertThatThrownBy(() -> spec("replicas: 2").withEpochs(2)).hasMessage("epochs: 2 (expected: 1 with replicas)");
        assertThat(spec("replicas: 2").withEpochs(1).replicas()).isNotNull();
    }

    @Test
    void writes_what_it_reads() {
        for (String more : new String[] {"slots: mean", "merge: gradient"}) {
            ModelSpec spec = spec("batch: 50, replicas: {count: 2, period: 50, staleness: 0, " + more + "}");
            assertThat(ModelSpec.parse(spec.toYaml())).isEqualTo(spec);
        }
        ModelSpec patient = spec("replicas: {count: 2, idle: 0}");
        assertThat(ModelSpec.parse(patient.toYaml())).isEqualTo(patient);
        assertThat(spec("replicas: 2").toYaml()).doesNotContain("idle");
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
                "replicas: 2, optimizer: normalized-adagrad | optimizer: normalized-adagrad (expected: one whose steps can be merged)",
                "replicas: 2, optimizer: scale-free | optimizer: scale-free (expected: one whose steps can be merged)",
                "replicas: 2, optimizer: lbfgs, batch: full | optimizer: lbfgs (expected: one whose steps can be merged)",
                "replicas: 2, epochs: 2 | epochs: 2 (expected: 1 with replicas)",
                "replicas: 2, deduplicate: 1h | deduplicate: 1h (expected: 0 with replicas)",
                "replicas: 2, order: strict | order: strict (expected: arrival with replicas, whose partitions take turns anyway)",
                "replicas: {count: 2, idle: soon} | replicas.idle: soon (expected: a duration such as 500ms, 10s, 15m, 1h, or 30d; or 0)",
                "replicas: {count: 2, transfer: bfloat16} | replicas.transfer: bfloat16 (expected: none: changes are sent as floats; a longer replicas.period sends fewer of them)",
                "replicas: {count: 2, reducers: 4} | replicas.reducers: 4 (expected: none: one reducer merges all blocks; a longer replicas.period gives it less to read)",
                "replicas: {count: 2, merge: adaptive} | replicas.merge: adaptive (expected: one of gradient, mean)",
                "replicas: {count: 2, merge: {type: nesterov, momentum: 0.9}} | replicas.merge: {type=nesterov, momentum=0.9} (expected: one of gradient, mean)",
                "replicas: 2, onDivergence: revert | onDivergence: revert (expected: hold or none with a replicas.staleness of 1, since contributions under way would bring the divergence back)",
                "replicas: {count: 2, staleness: 0}, optimizer: adam, onDivergence: revert | onDivergence: revert (expected: hold or none with replicas.slots: local, since those of adam would not return; or optimizer: sgd, which has none)",
                "replicas: 0 | replicas: 0 (expected: a whole number from 1 to 1024, or {count: ..., ...})"
            })
    void refuses_what_replicas_cannot_learn(String more, String message) {
        assertThatThrownBy(() -> spec(more))
                .isInstanceOf(RuntimeException.class)
                .hasMessage(message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "replicas: 2 | optimizer: {type: sgd, learningRate: 0.5}, schedule: {type: step, every: 20}",
                "replicas: 2 | batch: 7, clip: {norm: 1}, regularization: {l2: 0.1}",
                "replicas: {count: 2, merge: gradient}, batch: 8 | replicas: {count: 2, merge: gradient}, batch: 16",
                "replicas: 2 | frozen: true, onDivergence: hold, evaluation: {window: 50}, publish: {everySamples: 5}",
                "replicas: 2, loss: {type: huber, delta: 1} | loss: {type: huber, delta: 2}"
            })
    void a_running_model_with_replicas_accepts_what_keeps_their_states(String before, String more) {
        ModelSpec from = change(before);
        ModelSpec to = change(more.contains("replicas") ? more : before.replaceAll(", loss.*", "") + ", " + more);
        assertThat(to).isNotEqualTo(from);
        assertThat(SpecCompatibility.refusal(from, to)).isNull();
    }

    private static ModelSpec change(String more) {
        String loss = more.contains("loss") ? "" : ", loss: mean-squared-error";
        return ModelSpec.parse("{name: m, label: y, features: {numeric: [a]}, " + more + loss + "}");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "replicas: 3, reset: true | replicas: {count=3, staleness=1, merge=mean, slots=local}, was {count=2, staleness=1, merge=mean, slots=local}",
                "replicas: {count: 2, staleness: 0} | replicas: {count=2, staleness=0, merge=mean, slots=local}, was {count=2, staleness=1, merge=mean, slots=local}",
                "replicas: {count: 2, merge: gradient}, batch: 2 | replicas: {count=2, staleness=1, merge=gradient, slots=local}, was {count=2, staleness=1, merge=mean, slots=local}",
                "replicas: {count: 2, slots: mean} | replicas: {count=2, staleness=1, merge=mean, slots=mean}, was {count=2, staleness=1, merge=mean, slots=local}",
                "batch: 1 | replicas: none, was {count=2, staleness=1, merge=mean, slots=local}",
                "replicas: 2, seed: 7, reset: true | seed: 7, was 42",
                "replicas: 2, optimizer: adam | optimizer: adam, was sgd; slots: 2, was 0",
                "replicas: 2, model: factorization-machine, optimizer: sgd | model: factorization-machine{rank=8}, was linear{}",
                "replicas: 2, weight: w | fields: {label=y, weight=w}, was {label=y}"
            })
    void a_running_model_with_replicas_refuses_what_changes_their_states(String more, String differences) {
        assertThat(SpecCompatibility.refusal(spec("replicas: 2"), spec(more)))
                .isEqualTo(
                        differences
                                + " (expected: a change that keeps the states of all replicas, or the model deleted and applied again)");
    }

    @Test
    void a_running_model_with_replicas_keeps_its_features_holdout_and_warm_start() {
        ModelSpec two = spec("replicas: 2");
        assertThat(SpecCompatibility.refusal(spec("seed: 42"), two)).startsWith("replicas: {count=2, ");
        ModelSpec more = ModelSpec.parse(SMALLEST.replace("[a]", "[a, b]") + "replicas: 2}");
        assertThat(SpecCompatibility.refusal(two, more))
                .startsWith("features.numeric: b added (expected: ")
                .endsWith("or the model deleted and applied again)");
        assertThat(SpecCompatibility.refusal(two, spec("replicas: 2, holdout: 0.1")))
                .isEqualTo("holdout: 0.1, was 0.0 (expected: the same with replicas, since samples are held out before"
                        + " they have a round)");
        ModelSpec warm = two.withStream(two.stream().withWarmStart(new WarmStartReference("other", 5, "abc")));
        assertThat(SpecCompatibility.refusal(two, warm))
                .isEqualTo(
                        "warmStart: other@5 (abc), was none (expected: a change that keeps the states of all replicas, or"
                                + " the model deleted and applied again)");
    }
}
