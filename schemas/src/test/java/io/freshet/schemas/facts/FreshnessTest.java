package io.freshet.schemas.facts;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.learning.evaluation.Event;
import io.freshet.learning.evaluation.PredictedSamples;
import io.freshet.learning.evaluation.Tally;
import io.freshet.learning.features.Incarnation;
import io.freshet.learning.loss.Task;
import io.freshet.learning.spec.ModelSpec;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Would catch a model that looks fresh without a trainer, and one that looks stale while there is nothing to learn. */
class FreshnessTest {
    private static final long NOW = 1_700_000_000_000L;
    private static final ModelSpec MODEL =
            ModelSpec.parse("name: m\nlabel: y\nfeatures: {numeric: [a]}\nloss: hinge\n");
    private static final Freshness.Spec SPEC = new Freshness.Spec(false, "hash", "y", List.of());
    private static final Freshness.Spec FROZEN = new Freshness.Spec(true, "hash", "y", List.of());

    private final LatestEvaluations evaluations = new LatestEvaluations();
    private final SignsOfLife signs = new SignsOfLife();
    private final Freshness freshness = new Freshness(evaluations, signs);

    @Test
    void a_trainer_that_reads_records_is_learning() {
        evaluate(1_000, NOW - 500, 0.5);
        beat(NOW - 1_000, NOW - 2_000, 5L, false);
        assertThat(condition()).isEqualTo(new Condition(State.LEARNING, null, 5L));
        assertThat(freshness.ageSeconds(MODEL, NOW - 700, NOW)).isEqualTo(0.7);
    }

    @Test
    void a_model_whose_first_window_has_not_ended_is_not_evaluated() {
        beat(NOW - 1_000, NOW - 2_000, 5L, false);
        assertThat(condition()).isEqualTo(new Condition(State.NOT_EVALUATED, null, 5L));
        assertThat(condition().text()).isEqualTo("not evaluated");
        assertThat(freshness.trainer(NOW).state()).isEqualTo(State.LEARNING);
    }

    @Test
    void a_backlog_is_caught_up_with() {
        beat(NOW - 1_000, NOW - 2_000, 5_000L, true);
        assertThat(condition()).isEqualTo(new Condition(State.CATCHING_UP, null, 5_000L));
        assertThat(condition().text()).isEqualTo("catching up: 5,000 behind");
        assertThat(freshness.ageSeconds(MODEL, NOW - 90_000, NOW)).isEqualTo(90);
    }

    @Test
    void a_trainer_is_idle_after_ten_seconds_with_nothing_to_read_and_the_parameters_do_not_age() {
        evaluate(1_000, NOW - 500, 0.5);
        beat(NOW, NOW - 9_999, 0L, false);
        assertThat(state()).isEqualTo(State.LEARNING);
        assertThat(freshness.ageSeconds(MODEL, NOW - 9_999, NOW)).isEqualTo(9.999);

        beat(NOW, NOW - 10_000, 0L, false);
        assertThat(condition()).isEqualTo(new Condition(State.IDLE, NOW - 10_000, 0L));
        assertThat(freshness.ageSeconds(MODEL, NOW - 3_600_000, NOW)).isZero();
    }

    @Test
    void a_trainer_that_reads_nothing_is_not_idle_with_records_left_or_unknown() {
        evaluate(1_000, NOW - 500, 0.5);
        beat(NOW, NOW - 60_000, 7L, false);
        assertThat(state()).isEqualTo(State.LEARNING);
        beat(NOW, NOW - 60_000, null, false);
        assertThat(state()).isEqualTo(State.LEARNING);
    }

    @Test
    void a_trainer_is_gone_after_ten_seconds_without_a_heartbeat_and_the_parameters_age() {
        beat(NOW - 10_000, NOW - 60_000, 0L, false);
        evaluate(1_000, NOW - 9_000, 0.5);
        assertThat(state()).isEqualTo(State.IDLE);

        assertThat(freshness.model("m", SPEC, NOW + 1))
                .isEqualTo(new Condition(State.TRAINER_GONE, NOW - 10_000, null));
        assertThat(freshness.model("m", SPEC, NOW + 1).text()).isEqualTo("trainer gone since 2023-11-14T22:13:10Z");
        assertThat(freshness.ageSeconds(MODEL, NOW - 60_000, NOW + 1)).isEqualTo(60.001);

        beat(NOW + 20_000, NOW + 19_000, 3L, false);
        assertThat(freshness.model("m", SPEC, NOW + 20_000).state())
                .as("it is back")
                .isEqualTo(State.LEARNING);
    }

    @Test
    void without_brokers_nothing_is_known_about_the_trainer() {
        evaluate(1_000, NOW - 500, 0.5);
        beat(NOW, NOW, 0L, false);
        signs.unreachable("metrics", NOW - 2_000);
        signs.unreachable("parameters", NOW - 3_000);
        signs.unreachable("metrics", NOW);
        assertThat(condition()).isEqualTo(new Condition(State.BROKER_GONE, NOW - 3_000, null));

        signs.reachable("parameters");
        assertThat(condition().since()).isEqualTo(NOW - 2_000);
        signs.reachable("metrics");
        assertThat(state()).isEqualTo(State.LEARNING);
    }

    @Test
    void an_older_heartbeat_that_is_read_later_changes_nothing() {
        evaluate(1_000, NOW - 500, 0.5);
        beat(NOW, NOW, 0L, false);
        beat(NOW - 50_000, NOW - 50_000, 900L, true);
        assertThat(state()).isEqualTo(State.LEARNING);
    }

    @Test
    void without_heartbeats_evaluations_are_the_sign_of_a_trainer_for_a_minute() {
        assertThat(condition()).isEqualTo(new Condition(State.TRAINER_GONE, null, null));
        evaluate(1_000, NOW - 60_000, 0.5);
        assertThat(condition()).isEqualTo(new Condition(State.LEARNING, null, 7L));
        assertThat(freshness.model("m", SPEC, NOW + 1))
                .isEqualTo(new Condition(State.TRAINER_GONE, NOW - 60_000, null));
    }

    @Test
    void without_heartbeats_a_failure_is_the_sign_of_a_trainer_for_five_minutes() {
        evaluations.add(Evaluation.failed("m", "hash", "out of luck", NOW, Tally.of(Task.REGRESSION, 1)));
        assertThat(freshness.model("m", SPEC, NOW + 300_000).state()).isEqualTo(State.FAILED);
        assertThat(freshness.model("m", SPEC, NOW + 300_001).state()).isEqualTo(State.TRAINER_GONE);
    }

    @Test
    void a_bounded_run_is_finished_even_after_the_heartbeats_of_an_earlier_job() {
        beat(NOW - 100_000, NOW - 100_000, 0L, false);
        evaluate(1_000, NOW - 50_000, true, 0.5);
        assertThat(state()).isEqualTo(State.FINISHED);

        beat(NOW, NOW, 0L, false);
        assertThat(state()).as("another job has started").isEqualTo(State.LEARNING);
    }

    @Test
    void a_model_without_samples_is_idle_while_others_learn_after_three_intervals_but_not_within_a_minute() {
        evaluate(1_000, NOW - 100_000, 0.5);
        evaluate(2_000, NOW, 0.5);
        assertThat(stateWhileOthersLearn(NOW + 300_000)).isEqualTo(State.LEARNING);
        assertThat(stateWhileOthersLearn(NOW + 300_001)).isEqualTo(State.IDLE);
        assertThat(evaluations.perSecond("m", NOW + 300_000)).isEqualTo(10);
        assertThat(evaluations.perSecond("m", NOW + 300_001)).isZero();

        evaluate(3_000, NOW + 1_000, 0.5);
        assertThat(stateWhileOthersLearn(NOW + 61_000)).isEqualTo(State.LEARNING);
        assertThat(stateWhileOthersLearn(NOW + 61_001)).isEqualTo(State.IDLE);
    }

    @Test
    void a_model_is_held_for_as_long_as_its_trainer_withholds_snapshots() {
        beat(NOW, NOW, 0L, false);
        evaluations.add(held(1_000, NOW - 5_000, true));
        assertThat(state()).isEqualTo(State.HELD);

        // The updates are small again, and the loss is not.
        evaluations.add(held(2_000, NOW - 4_000, true));
        assertThat(state()).isEqualTo(State.HELD);

        beat(NOW, NOW - 60_000, 0L, false);
        assertThat(freshness.trainer(NOW).state()).isEqualTo(State.IDLE);
        assertThat(state()).isEqualTo(State.HELD);

        evaluations.add(held(3_000, NOW - 3_000, false));
        assertThat(state()).isEqualTo(State.IDLE);

        evaluations.add(held(4_000, NOW - 2_000, true));
        evaluations.remove("m", "");
        assertThat(evaluations.held("m")).isNull();
    }

    /** An idle trainer has read everything, but parameters that are withheld, refused, or pinned do not know it. */
    @Test
    void parameters_that_do_not_know_what_was_learned_are_not_current_though_the_trainer_is_idle() {
        beat(NOW, NOW - 60_000, 0L, false);
        evaluations.add(held(2_000, NOW - 60_000, true));
        long learned = NOW - 61_000;
        assertThat(freshness.ageSeconds(MODEL, learned, NOW)).isZero();
        assertThat(freshness.ageSeconds(MODEL, learned - 34_000, NOW)).isEqualTo(95);
    }

    private static Evaluation held(long version, long emittedAt, boolean held) {
        Tally total = Tally.of(Task.REGRESSION, 1);
        for (int i = 0; i < version; i++) {
            total.add(1, 1, new PredictedSamples(1, new float[] {0}, new float[] {1}, new float[] {1}), 0, 0, 1);
        }
        return new Evaluation(
                Evaluation.Subject.of("m", ""),
                new Evaluation.Counts(version, version, 0),
                new Evaluation.Window(version / 1_000, false, 1, emittedAt, null),
                total,
                new Evaluation.Learning(
                        null, null, 0, false, List.of(), null, new Evaluation.Published(500L, NOW - 90_000, held)),
                new Evaluation.Progress(emittedAt - 1_000, 0L, false));
    }

    @Test
    void a_failure_of_the_current_specification_comes_before_every_state_of_a_running_trainer() {
        beat(NOW, NOW, 5_000L, true);
        assertThat(freshness.model("m", FROZEN, NOW).state()).isEqualTo(State.FROZEN);

        evaluations.add(Evaluation.failed("m", "hash", "out of luck", NOW, Tally.of(Task.REGRESSION, 1)));
        assertThat(freshness.model("m", FROZEN, NOW).state()).isEqualTo(State.FAILED);
        assertThat(freshness.failure("m", "hash", NOW)).isEqualTo("out of luck");
        assertThat(freshness.failure("m", null, NOW)).isEqualTo("out of luck");
        assertThat(freshness.failure("m", "other", NOW)).isNull();
        assertThat(freshness
                        .model("m", new Freshness.Spec(false, "other", "y", List.of()), NOW)
                        .state())
                .isEqualTo(State.CATCHING_UP);
        assertThat(freshness.model("m", FROZEN, NOW + 10_001).state()).isEqualTo(State.TRAINER_GONE);
    }

    @Test
    void parameters_that_have_learned_nothing_have_no_age_and_no_age_is_negative() {
        assertThat(freshness.ageSeconds(MODEL, Long.MIN_VALUE, NOW)).isNaN();
        assertThat(freshness.ageSeconds(MODEL, NOW + 5, NOW)).isZero();
    }

    /** Its newest sample is a request of at least ten minutes ago, so it would always be stale. */
    @Test
    void the_time_that_the_join_waits_for_outcomes_does_not_age_a_model() {
        evaluate(1_000, NOW - 500, 0.5);
        beat(NOW - 1_000, NOW - 2_000, 5L, false);
        ModelSpec after = joined("join: {within: 1h, after: 10m}");
        assertThat(freshness.ageSeconds(after, NOW - 600_700, NOW)).isEqualTo(0.7);
        assertThat(freshness.ageSeconds(after, NOW - 599_000, NOW)).isZero();
        assertThat(freshness.ageSeconds(after, Long.MIN_VALUE, NOW)).isNaN();
        assertThat(freshness.ageSeconds(joined("join: {within: 1h, delayed: wait}"), NOW - 3_601_000, NOW))
                .isEqualTo(1);
        assertThat(freshness.ageSeconds(joined("join: {within: 1h, after: 0}"), NOW - 700, NOW))
                .isEqualTo(0.7);
    }

    private static ModelSpec joined(String join) {
        return ModelSpec.parse(
                "name: m\nlabel: y\nfeatures: {numeric: [a]}\nloss: binary-cross-entropy\n" + join + "\n");
    }

    /** Would catch a dead trainer that seems to run until its clock's time is reached. */
    @Test
    void the_trainer_is_gone_ten_seconds_after_a_heartbeat_from_the_future_was_received() {
        long hour = 3_600_000;
        signs.add(new Heartbeat(0, NOW + hour, NOW + hour, List.of(), List.of(), 0L, false, -1), NOW);
        evaluate(1_000, NOW + hour, 1);

        assertThat(freshness.trainer(NOW + 10_000).state()).isEqualTo(State.LEARNING);
        assertThat(freshness.trainer(NOW + 10_001)).isEqualTo(new Condition(State.TRAINER_GONE, NOW, null));
        assertThat(freshness.model("m", SPEC, NOW + 10_001).state()).isEqualTo(State.TRAINER_GONE);
        assertThat(signs.aheadMillis()).isEqualTo(hour);
    }

    @Test
    void a_heartbeat_follows_one_from_the_future() {
        signs.add(new Heartbeat(0, NOW + 3_600_000, NOW, List.of(), List.of(), 0L, false, -1), NOW);
        beat(NOW + 2_000, NOW + 2_000, 5L, true);

        assertThat(freshness.trainer(NOW + 2_000).state()).isEqualTo(State.CATCHING_UP);
        assertThat(signs.aheadMillis()).isZero();
    }

    private Condition condition() {
        return freshness.model("m", SPEC, NOW);
    }

    private State state() {
        return condition().state();
    }

    private State stateWhileOthersLearn(long now) {
        beat(now, now, 0L, false);
        return freshness.model("m", SPEC, now).state();
    }

    private void beat(long sentAt, long readAt, @Nullable Long behind, boolean catchingUp) {
        signs.add(
                new Heartbeat(0, sentAt, readAt, List.of(), List.of(), behind, catchingUp, -1), Math.max(sentAt, NOW));
    }

    private void evaluate(long version, long emittedAt, double loss) {
        evaluate(version, emittedAt, false, loss);
    }

    private void evaluate(long version, long emittedAt, boolean last, double loss, Event... events) {
        Tally tally = Tally.of(Task.REGRESSION, 1);
        for (int i = 0; i < version / 1_000; i++) {
            tally.add(loss, 1, new PredictedSamples(1, new float[] {1}, new float[] {1}, new float[] {1}), 0, 0, 1);
        }
        evaluations.add(new Evaluation(
                new Evaluation.Subject("m", "", Incarnation.UNKNOWN, ""),
                new Evaluation.Counts(version, version, 0),
                new Evaluation.Window(version / 1_000, last, 0, emittedAt, tally.metrics()),
                tally,
                new Evaluation.Learning(null, null, 0, false, List.of(events), null),
                new Evaluation.Progress(null, 7L, false)));
    }
}
