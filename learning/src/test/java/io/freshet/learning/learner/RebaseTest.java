package io.freshet.learning.learner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.learning.TestSpecs;
import io.freshet.learning.evaluation.Event;
import io.freshet.learning.features.Sample;
import io.freshet.learning.model.ModelCases;
import io.freshet.learning.model.Weights;
import io.freshet.learning.predict.Snapshot;
import io.freshet.learning.predict.WarmStart;
import io.freshet.learning.spec.ModelSpec;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Would catch a model that loses its warm-start parameters at the first step, as FTRL does from z = 0; one that keeps old
 * slots, steps, or moments, is judged by the old loss, or reverts to the old parameters; and one that rebases repeatedly.
 */
class RebaseTest {
    private static final long SEED = 20261125;
    private static final int WINDOW = 100;
    private static final float FAR = 1_000;

    static List<String> optimizers() {
        return TestSpecs.optimizers("linear", TestSpecs.loss("mean-squared-error"));
    }

    @ParameterizedTest
    @MethodSource("optimizers")
    void starting_from_its_own_first_parameters_changes_nothing(String optimizer) {
        for (ModelSpec spec : ModelCases.all(optimizer, "batch: {size: 4}")) {
            Learner plain = new Learner(spec);
            Learner learner = new Learner(spec, base(plain, plain.start()));
            List<Sample> samples = ModelCases.samples(spec, 40, SEED);

            assertThat(learned(learner, samples).weights())
                    .as("%s", spec)
                    .isEqualTo(learned(plain, samples).weights());
        }
    }

    @ParameterizedTest
    @MethodSource("optimizers")
    void a_rebased_model_learns_like_one_that_started_from_the_parameters(String optimizer) {
        for (ModelSpec spec : ModelCases.all(optimizer, "batch: {size: 4}")) {
            assertRebaseLearnsLikeStart(spec);
        }
    }

    private static void assertRebaseLearnsLikeStart(ModelSpec spec) {
        Learner plain = new Learner(spec);
        WarmStart base = base(plain, learned(plain, ModelCases.samples(spec, 60, SEED)));
        Learner learner = new Learner(spec, base);
        LearnerState rebased = learned(plain, ModelCases.samples(spec, 80, SEED + 1));
        assertThat(rebased.pending().size()).isZero();
        List<Sample> samples = ModelCases.samples(spec, 40, SEED + 2);
        LearnerState started = learned(learner, samples);
        long before = rebased.samples();

        learner.rebase(rebased, "");
        assertThat(rebased.weights().parameters())
                .as("%s", spec)
                .isEqualTo(base.of("", true).parameters());
        assertThat(rebased.samples()).isEqualTo(before);
        assertThat(rebased.blockVersions()).containsOnly(before + 1);
        samples.forEach(sample -> learner.learn(rebased, sample));

        assertThat(rebased.weights()).as("%s", spec).isEqualTo(started.weights());
        assertThat(rebased.moments()).as("%s", spec).isEqualTo(started.moments());
        assertThat(rebased.updates()).as("%s", spec).isEqualTo(started.updates());
        assertThat(rebased.samples()).isEqualTo(before + started.samples());
        assertThat(rebased.lineage().position()).isEqualTo(120);
    }

    @Test
    void a_pending_batch_is_learned_after_a_rebase() {
        ModelSpec spec = ModelCases.of("linear", TestSpecs.loss("mean-squared-error"), "sgd", "batch: {size: 4}");
        Learner plain = new Learner(spec);
        Learner learner = new Learner(spec, base(plain, plain.start()));
        LearnerState state = learned(plain, ModelCases.samples(spec, 7, SEED));

        learner.rebase(state, "");
        learner.learn(state, ModelCases.samples(spec, 1, SEED).get(0));

        assertThat(state.samples()).isEqualTo(8);
    }

    /** The old parameters made them, so their losses would withhold the new ones, or hide how bad these are. */
    @Test
    void open_predictions_of_the_old_parameters_are_not_scored_after_a_rebase() {
        ModelSpec spec = ModelSpec.parse("""
                name: m
                label: y
                features: {numeric: [a]}
                loss: binary-cross-entropy
                optimizer: {type: sgd, learningRate: 0.1}
                join: {within: 1h, after: 0}
                """);
        Learner plain = new Learner(spec);
        List<Sample> samples = ModelCases.samples(spec, 3, SEED);
        LearnerState state = plain.start();
        plain.learn(state, LateLabels.closed(samples.get(0), 1, 9));
        for (int i = 0; i < 2; i++) {
            plain.learn(state, LateLabels.open(samples.get(i), 1, i));
        }
        Learner learner = new Learner(spec, base(plain, plain.start()));

        learner.rebase(state, "");
        learner.learn(state, LateLabels.open(samples.get(2), 1, 2));
        for (int i = 0; i < 3; i++) {
            learner.learn(state, LateLabels.closed(samples.get(i), 1, i));
        }

        assertThat(state.window().samples()).isEqualTo(1);
        assertThat(state.openPredictions().unmatched()).isEqualTo(3);
    }

    @Test
    void each_key_has_its_own_warm_start_and_others_stay() {
        ModelSpec spec = keyed("k");
        Learner plain = new Learner(spec);
        LearnerState one = learned(plain, ModelCases.samples(spec, 8, SEED));
        LearnerState two = learned(plain, ModelCases.samples(spec, 8, SEED + 1));
        Learner learner = new Learner(spec, WarmStart.of(List.of(plain.snapshot(one, "1"), plain.snapshot(two, "2"))));
        LearnerState newTwo = learner.start();
        LearnerState oldThree = learned(plain, ModelCases.samples(spec, 8, SEED + 2));
        Weights before = oldThree.weights().copy();
        LearnerState newThree = learner.start();

        learner.rebase(newTwo, "2");
        learner.rebase(oldThree, "3");
        learner.rebase(newThree, "3");

        assertThat(newTwo.weights()).isEqualTo(two.weights());
        assertThat(oldThree.weights()).isEqualTo(before);
        assertThat(newThree.weights()).isEqualTo(plain.start().weights());
    }

    /** Empty keys are rejected today, but older snapshots may have one. */
    @Test
    void an_empty_key_is_no_warm_start_for_other_keys() {
        ModelSpec spec = keyed("k");
        Learner plain = new Learner(spec);
        LearnerState empty = learned(plain, ModelCases.samples(spec, 8, SEED));
        Learner learner = new Learner(spec, base(plain, empty));
        LearnerState fresh = learner.start();
        LearnerState freshEmpty = learner.start();

        learner.rebase(fresh, "1");
        learner.rebase(freshEmpty, "");

        assertThat(fresh.weights()).isEqualTo(plain.start().weights());
        assertThat(freshEmpty.weights()).isEqualTo(empty.weights());
    }

    @Test
    void every_new_key_starts_from_a_model_without_a_key() {
        ModelSpec whole = ModelCases.of("linear", TestSpecs.loss("mean-squared-error"), "sgd");
        Learner plain = new Learner(whole);
        LearnerState state = learned(plain, ModelCases.samples(whole, 8, SEED));
        WarmStart base = base(plain, state);
        assertThat(base.misfit(keyed("k"))).isNull();
        Learner learner = new Learner(keyed("k"), base);
        LearnerState old = learned(new Learner(keyed("k")), ModelCases.samples(whole, 8, SEED + 1));
        Weights before = old.weights().copy();
        LearnerState fresh = learner.start();

        learner.rebase(fresh, "1");
        learner.rebase(old, "2");

        assertThat(fresh.weights()).isEqualTo(state.weights());
        assertThat(old.weights()).isEqualTo(before);
    }

    @Test
    void a_state_rebases_once_even_if_it_is_restored() throws IOException {
        ModelSpec spec = ModelCases.of("linear", TestSpecs.loss("mean-squared-error"), "adam");
        Learner plain = new Learner(spec);
        WarmStart base = base(plain, learned(plain, ModelCases.samples(spec, 8, SEED)));
        Learner learner = new Learner(spec, base);
        assertThat(plain.needsRebase(plain.start())).isFalse();
        LearnerState state = learner.start();
        assertThat(learner.needsRebase(state)).isTrue();
        learner.rebase(state, "");
        learner.learn(state, ModelCases.samples(spec, 1, SEED).get(0));
        byte[] bytes = LearnerTest.bytes(state);
        LearnerState restored = LearnerStateCodec.read(new DataInputStream(new ByteArrayInputStream(bytes)));

        assertThat(learner.needsRebase(restored)).isFalse();
        assertThat(learner.needsRebase(state.copy())).isFalse();
        WarmStart other = base(plain, learned(plain, ModelCases.samples(spec, 9, SEED)));
        assertThat(new Learner(spec, other).needsRebase(restored)).isTrue();
    }

    @Test
    void earlier_losses_do_not_withhold_a_rebased_model() {
        Learner plain = new Learner(watched("hold", ""));
        LearnerState state = plain.start();
        learn(plain, state, 0, 10 * WINDOW, 1);
        Learner learner = new Learner(plain.spec(), base(plain, far(plain)));
        LearnerState copy = state.copy();

        learner.rebase(state, "");
        for (int i = 0; i < 3 * WINDOW; i++) {
            assertThat(learn(learner, state, i, i + 1, 1)).isEmpty();
            assertThat(learner.isWithheld(state)).as("at %d", i).isFalse();
        }

        copy.weights().array()[0] = FAR;
        assertThat(learn(plain, copy, 0, WINDOW, 1)).extracting(Event::action).contains("hold");
        assertThat(plain.isWithheld(copy)).isTrue();
    }

    @Test
    void a_model_that_explodes_does_not_revert_beyond_its_warm_start() {
        Learner plain = new Learner(watched("revert", ""));
        LearnerState state = plain.start();
        learn(plain, state, 0, 10 * WINDOW, 1);
        Learner learner = new Learner(watched("revert", "frozen: true"), base(plain, far(plain)));
        learner.rebase(state, "");
        Weights warm = state.weights().copy();

        learn(learner, state, 0, WINDOW, 1);
        Learner trainable = new Learner(watched("revert", ""), base(plain, far(plain)));
        assertThat(learn(trainable, state, 0, WINDOW, 1e6))
                .extracting(Event::action)
                .contains("revert");

        assertThat(state.weights()).isEqualTo(warm);
    }

    @Test
    void reports_both_values_of_a_different_shape() {
        ModelSpec spec = ModelCases.of("linear", TestSpecs.loss("mean-squared-error"), "sgd");
        Learner plain = new Learner(spec);
        WarmStart base = base(plain, plain.start());
        ModelSpec wider = ModelSpec.parse(spec.toYaml().replace("hashBits: 3", "hashBits: 4"));
        assertThat(base.misfit(wider))
                .isEqualTo("features.hashBits: 4, was 3 (expected: the shape that the parameters were learned in)");
        ModelSpec huber = ModelSpec.parse(spec.toYaml()
                .replace("mean-squared-error", "mean-absolute-error")
                .replace("type: sgd", "type: adam"));
        assertThat(base.misfit(huber)).isNull();
        WarmStart keyed = WarmStart.of(List.of(new Learner(keyed("k")).snapshot(plain.start(), "1")));
        assertThat(keyed.misfit(spec))
                .isEqualTo("key: none, was k (expected: the same, or parameters of a model without a key)");
        assertThat(keyed.misfit(keyed("j"))).startsWith("key: j, was k ");
    }

    @Test
    void the_checksum_covers_exactly_parameters_and_moments() {
        ModelSpec spec = ModelCases.of("linear", TestSpecs.loss("mean-squared-error"), "sgd");
        Learner plain = new Learner(spec);
        LearnerState state = learned(plain, ModelCases.samples(spec, 8, SEED));
        String checksum = base(plain, state).warmStart().checksum();
        assertThat(base(plain, state.copy()).warmStart().checksum()).isEqualTo(checksum);
        LearnerState other = state.copy();
        other.moments()[1]++;
        assertThat(base(plain, other).warmStart().checksum()).isNotEqualTo(checksum);
        other = state.copy();
        other.weights().array()[0]++;
        assertThat(base(plain, other).warmStart().checksum()).isNotEqualTo(checksum);
        assertThat(base(plain, state).warmStart().version()).isEqualTo(8);
    }

    @Test
    void rejects_snapshots_of_two_models() {
        ModelSpec spec = ModelCases.of("linear", TestSpecs.loss("mean-squared-error"), "sgd");
        ModelSpec wider = ModelSpec.parse(spec.toYaml().replace("hashBits: 3", "hashBits: 4"));
        Snapshot one = new Learner(spec).snapshot(new Learner(spec).start(), "1");
        Snapshot other = new Learner(wider).snapshot(new Learner(wider).start(), "2");
        assertThatThrownBy(() -> WarmStart.of(List.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("no snapshot (expected: ");
        assertThatThrownBy(() -> WarmStart.of(List.of(one, other)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("snapshots of " + spec.name() + ": features.hashBits: 4, was 3 ");
    }

    private static ModelSpec watched(String policy, String more) {
        return ModelSpec.parse("""
                {name: m, label: y, features: {numeric: [a]}, loss: mean-squared-error,
                 optimizer: {type: sgd, learningRate: 0.01}, evaluation: {window: %d}, onDivergence: %s, %s}
                """.formatted(WINDOW, policy, more));
    }

    /** Returns a state whose predictions are far from every label. */
    private static LearnerState far(Learner learner) {
        LearnerState state = learner.start();
        state.weights().array()[0] = FAR;
        return state;
    }

    /** Learns samples [from, to) with one label; returns the events of the ended windows. */
    private static List<Event> learn(Learner learner, LearnerState state, int from, int to, double label) {
        List<Event> events = new ArrayList<>();
        for (int i = from; i < to; i++) {
            double a = i % 7 - 3;
            learner.learn(
                    state,
                    Sample.of(
                            new double[] {a},
                            new int[0],
                            new float[0],
                            (float) label,
                            1,
                            new Sample.Position(0, i, 1_000L + i, 0)));
            if (state.window().samples() >= WINDOW) {
                learner.nextWindow(state, () -> events.addAll(state.watcher().events()));
            }
        }
        return events;
    }

    private static ModelSpec keyed(String key) {
        return ModelCases.of("linear", TestSpecs.loss("mean-squared-error"), "sgd", "key: " + key);
    }

    private static WarmStart base(Learner learner, LearnerState state) {
        return WarmStart.of(List.of(learner.snapshot(state, "")));
    }

    /** Returns the state of a learner after samples. */
    private static LearnerState learned(Learner learner, List<Sample> samples) {
        LearnerState state = learner.start();
        if (learner.needsRebase(state)) {
            learner.rebase(state, "");
        }
        samples.forEach(sample -> learner.learn(state, sample));
        return state;
    }
}
