package io.freshet.learning.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.learning.yaml.SpecException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Would catch a default that changes what a stored specification means, and a join that its model cannot learn. */
class JoinSpecYamlTest {
    private static final String CLICKS = "{name: m, label: y, features: {numeric: [a]}, loss: binary-cross-entropy";

    @Test
    void has_these_defaults() {
        assertThat(join("within: 1h"))
                .isEqualTo(new JoinSpec(
                        3_600_000,
                        3_600_000,
                        3_600_000,
                        Several.LAST,
                        MissingOutcome.of(0.0, null),
                        Delayed.RETRACT,
                        List.of()));
        assertThat(join("within: 1h, after: 0").isFinalAtOnce()).isFalse();
        assertThat(join("within: 1h, delayed: wait").isFinalAtOnce()).isTrue();
    }

    @Test
    void reads_what_it_writes() {
        for (String fields : List.of(
                "within: 1h",
                "within: 1h, after: 10m, grace: 0, several: max, missing: drop, slices: [a, b]",
                "within: 1h, missing: {label: 1}, exposure: shown",
                "within: 1h, delayed: wait")) {
            ModelSpec spec = ModelSpec.parse(CLICKS + ", join: {" + fields + "}}");
            assertThat(ModelSpec.parse(spec.toYaml())).isEqualTo(spec);
            assertThat(ModelSpec.parse(spec.toYaml()).hash()).isEqualTo(spec.hash());
        }
    }

    @Test
    void the_label_of_a_missing_outcome_is_the_name_of_a_class() {
        String stars = "{name: m, label: y, labels: ['3', '1', '2'], outputs: 3, features: {numeric: [a]},"
                + " loss: sparse-categorical-cross-entropy, join: {within: 1h, missing: {label: %s}}}";
        ModelSpec spec = ModelSpec.parse(stars.formatted("2"));

        assertThat(spec.join().missing().label()).isEqualTo(2);
        assertThat(ModelSpec.parse(spec.toYaml())).isEqualTo(spec);
        assertThat(ModelSpec.parse(stars.formatted("1")).join().missing().label())
                .isEqualTo(1);
        assertThatThrownBy(() -> ModelSpec.parse(stars.formatted("0")))
                .hasMessageContaining("join.missing.label: 0 (expected: a name of labels");
    }

    /** A state continues when its samples begin to come from a join, and the other way around. */
    @Test
    void changes_the_hash_but_not_that_of_the_state() {
        ModelSpec plain = ModelSpec.parse(CLICKS + "}");
        ModelSpec joined = ModelSpec.parse(CLICKS + ", join: {within: 1h, after: 0}}");
        assertThat(plain.toYaml()).doesNotContain("join");
        assertThat(joined.hash()).isNotEqualTo(plain.hash());
        assertThat(joined.stateHash()).isEqualTo(plain.stateHash());
        assertThat(joined.learnsChanges()).isTrue();
        assertThat(plain.learnsChanges()).isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "join: {}                                    | join.within: missing (expected: a duration such as 500ms, 10s, 15m, 1h, or 30d; or 0)",
                "join: {within: 0, after: 0}                           | join.within: 0 (expected: a duration above 0)",
                "join: {within: 1h, after: 2h}               | join.after: 2h (expected: up to join.within, 1h)",
                "'join: {within: 1h, after: 1m, delayed: wait}' | join.after: 1m (expected: none beside delayed: wait, which waits for join.within)",
                "'join: {within: 1h, delayed: weighted}' | join.delayed: weighted (expected: one of retract, wait)",
                "'join: {within: 1h, delayed: {type: calibrated, late: 0.5}}' | 'join.delayed: {type=calibrated, late=0.5} (expected: one of retract, wait)'",
                "'join: {within: 1h, after: 0}, batch: full'           | join: given (expected: none beside batch.size full, which learns at the end of an input)",
                "'join: {within: 1h, after: 0}, epochs: 3'             | join: given (expected: none beside epochs: 3)",
                "'join: {within: 1h, after: 0}, batch: 8, replicas: {count: 2, merge: gradient, slots: local}' | join: given (expected: none beside replicas.merge: gradient, which weighs batches by their scored samples)",
                "'join: {within: 1h, after: 0, grace: 2h}, key: k, timeToLive: 2h' | timeToLive: 2h (expected: 0, or at least join.within plus join.grace, 3h, since samples may be as old when they are joined)",
                "'join: {within: 1h, after: 30m}, onDivergence: revert' | onDivergence: revert (expected: hold or none beside a join.after below join.within, since losses arrive join.within after what was learned, and what it returned to would be as bad)",
                "'join: {within: 1h, after: 0}, onDivergence: reset'   | onDivergence: reset (expected: hold or none beside a join.after below join.within, since losses arrive join.within after what was learned, and what it returned to would be as bad)",
                "'join: {within: 1h, after: 0, missing: {label: 2}}'   | 'join.missing: 2.0 (expected: a label in [0, 1], or drop)'"
            })
    void refuses_what_cannot_be_learned(String fields, String message) {
        assertThatThrownBy(() -> ModelSpec.parse(CLICKS + ", " + fields + "}"))
                .isInstanceOf(SpecException.class)
                .hasMessage(message);
    }

    @Test
    void may_return_to_a_good_state_if_labels_do_not_change_and_expire_keys_after_the_join() {
        for (String fields : List.of(
                "join: {within: 1h, delayed: wait}, onDivergence: revert",
                "join: {within: 1h, after: 0, grace: 2h}, key: k, timeToLive: 3h")) {
            assertThat(ModelSpec.parse(CLICKS + ", " + fields + "}").join()).isNotNull();
        }
    }

    /** A server refuses an input that its parameters do not know, and the join one that lacks it: nothing would be learned. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "numeric: [a]                  | numeric: [a, b]             | ''             | b",
                "numeric: [a]                  | 'numeric: [a], categorical: [c, d]' | ''     | 'c, d'",
                "numeric: [a]                  | 'numeric: [a], time: [{field: t, features: [hour]}]' | 'reset: true' | t",
                "'dense: [{field: v, length: 2}]' | 'dense: [{field: v, length: 3}]' | 'reset: true' | 'v[3]'",
                "numeric: [a]                  | numeric: [a]                | 'reset: true, key: k' | k",
                "numeric: [a]                  | numeric: [a]                | 'reset: true, weight: w' | w",
                // Kept requests have a number as a number only, and the pairs of a vector as such.
                "'numeric: [a, h], categorical: [c]' | 'numeric: [a, h], categorical: [c], cross: [[h, c]]' | '' | h as a text",
                "'numeric: [a, h], categorical: [c]' | 'numeric: [a], categorical: [c, h]' | '' | h as a text",
                "'numeric: [a, h], missing: zero' | 'numeric: [a], categorical: [h]' | 'reset: true' | h as a text",
                "'numeric: [a], categorical: [h]' | 'numeric: [a, h]'         | 'reset: true' | h as a number",
                "'numeric: [a], sparse: [h]'   | 'numeric: [a], categorical: [h]' | 'reset: true' | h as a text",
                "'numeric: [a], categorical: [h]' | 'numeric: [a], sparse: [h]' | 'reset: true' | h as a sparse vector",
                "numeric: [a]                  | numeric: [a]                | 'reset: true, key: a' | a as a text",
            })
    void refuses_an_added_input_without_which_no_answer_is_learned(String from, String to, String more, String added) {
        ModelSpec before = model(from, "join: {within: 1h, after: 0}");
        ModelSpec after =
                model(to, more.isEmpty() ? "join: {within: 1h, after: 0}" : more + ", join: {within: 1h, after: 0}");
        assertThat(SpecCompatibility.refusal(before, after)).startsWith("join: " + added + " added (expected: ");
        assertThat(SpecCompatibility.refusal(model(from, "seed: 42"), after))
                .startsWith("join: " + added + " added (expected: ");
        assertThat(SpecCompatibility.refusal(after, after)).isNull();
        ModelSpec plain = model(to, more.isEmpty() ? "seed: 42" : more);
        assertThat(SpecCompatibility.refusal(model(from, "seed: 42"), plain)).isNull();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'numeric: [a], missing: zero' | 'numeric: [a, b], missing: zero' | seed: 42",
                "'numeric: [a, b]'             | numeric: [a]                     | seed: 42",
                "numeric: [a]                  | 'numeric: [a, b], missing: zero' | reset: true",
            })
    void accepts_an_added_input_that_answers_may_lack(String from, String to, String more) {
        assertThat(SpecCompatibility.refusal(
                        model(from, "seed: 42"), model(to, more + ", join: {within: 1h, after: 0}")))
                .isNull();
    }

    private static ModelSpec model(String features, String more) {
        return ModelSpec.parse("{name: m, label: y, features: {" + features
                + "}, loss: binary-cross-entropy, optimizer: sgd, " + more + "}");
    }

    @Test
    void refuses_a_loss_whose_change_depends_on_the_prediction() {
        String absolute = CLICKS.replace("binary-cross-entropy", "mean-absolute-error");
        assertThatThrownBy(() -> ModelSpec.parse(absolute + ", join: {within: 1h, after: 0}}"))
                .hasMessageStartingWith(
                        "join.delayed: retract (expected: wait, since the gradient of loss mean-absolute-error");
        assertThat(ModelSpec.parse(absolute + ", join: {within: 1h, delayed: wait}}")
                        .learnsChanges())
                .isFalse();
    }

    private static JoinSpec join(String fields) {
        return ModelSpec.parse(CLICKS + ", join: {" + fields + "}}").join();
    }
}
