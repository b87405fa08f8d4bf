package io.freshet.cli.models;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.cli.console.Styles;
import io.freshet.learning.evaluation.PredictedSamples;
import io.freshet.learning.evaluation.Tally;
import io.freshet.learning.features.Incarnation;
import io.freshet.learning.loss.Task;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.facts.Condition;
import io.freshet.schemas.facts.Evaluation;
import io.freshet.schemas.facts.Heartbeat;
import io.freshet.schemas.facts.State;
import io.freshet.schemas.kafka.ParameterKey;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Would catch a model that is shown as learning while it is not, or the other way around. */
class ModelStatusesTest {
    private static final long NOW = 1_700_000_000_000L;
    private static final ModelStatus.Figures NO_FIGURES =
            new ModelStatus.Figures(null, null, null, new ModelStatus.Published(null, null), null, null, 0);
    private static final ModelSpec MODEL = spec("");
    private static final ModelSpec KEYED = spec(", key: k");
    private final ModelStatuses statuses = new ModelStatuses();

    @Test
    void without_a_sign_of_a_trainer_a_model_has_none_and_no_figures() {
        ModelStatus status = statuses.of(MODEL, NOW);
        assertThat(status.condition()).isEqualTo(new Condition(State.TRAINER_GONE, null, null));
        assertThat(status.figures()).isEqualTo(NO_FIGURES);
        assertThat(status.failure()).isNull();
        assertThat(status.problemLines(Styles.NONE)).containsExactly("model m: trainer gone: never seen");
    }

    @Test
    void a_trainer_that_is_gone_is_reported_with_the_time_since_it_was_last_seen() {
        statuses.add(new Heartbeat(0, NOW - 200_000, 0, List.of(), List.of(), 0L, false, -1), NOW);
        assertThat(statuses.of(MODEL, NOW).problemLines(Styles.NONE))
                .containsExactly("model m: trainer gone: last seen 3 min 20 s ago");
        assertThat(statuses.of(MODEL, NOW).summary()).isEqualTo("trainer gone since 2023-11-14T22:10:00Z");
    }

    /** A command cannot tell since when a heartbeat from the future has been there. */
    @Test
    void a_clock_that_is_ahead_is_reported() {
        statuses.add(new Heartbeat(0, NOW + 2_000, 0, List.of(), List.of(), 0L, false, -1), NOW);
        assertThat(statuses.clock()).isNull();
        statuses.add(new Heartbeat(0, NOW + 3_600_000, 0, List.of(), List.of(), 0L, false, -1), NOW);
        assertThat(statuses.clock())
                .isEqualTo("clock: the trainer's is 3,600 s ahead of this one, so it may be gone (expected: clocks that"
                        + " agree)");
    }

    @Test
    void the_rate_is_that_between_the_last_two_evaluations() {
        statuses.add(evaluation("", 1_000, NOW - 30_000, 0.5), NOW);
        statuses.add(evaluation("", 3_000, NOW - 10_000, 0.25), NOW);

        ModelStatus status = statuses.of(MODEL, NOW);
        assertThat(status.condition()).isEqualTo(new Condition(State.LEARNING, null, 7L));
        assertThat(status.figures())
                .isEqualTo(new ModelStatus.Figures(
                        null, 3_000L, 10_000L, new ModelStatus.Published(3_000L, null), 0.25, 0.25, 100));
        assertThat(status.problems()).isEmpty();
    }

    /** The learner continues, and nobody gets what it learns. */
    @Test
    void the_version_and_age_of_a_held_model_are_those_last_published() {
        Evaluation learned = evaluation("", 48_000, NOW - 500, 982);
        Evaluation.Learning held = new Evaluation.Learning(
                null, null, 0, false, List.of(), null, new Evaluation.Published(18_300L, NOW - 21_000, true));
        statuses.add(
                new Evaluation(
                        learned.subject(),
                        learned.counts(),
                        learned.window(),
                        learned.total(),
                        held,
                        learned.progress()),
                NOW);
        statuses.add(new Heartbeat(0, NOW, NOW - 60_000, List.of(), List.of(), 0L, false, 1), NOW);

        ModelStatus status = statuses.of(MODEL, NOW);
        assertThat(status.row(Styles.NONE)).startsWith("m", "held", "-", "18,300", "21 s");
        assertThat(status.fields())
                .containsEntry("version", 18_300L)
                .containsEntry("ageMillis", 21_000L)
                .containsEntry("samples", 48_000L)
                .containsEntry("level", "warning");
        assertThat(status.problemLines(Styles.NONE))
                .containsExactly("model m: held, no snapshot is published after version 18,300, 21 s ago");
    }

    @Test
    void a_joined_model_is_stale_only_if_it_is_older_than_its_join_waits() {
        Evaluation old = evaluation("", 2_000, NOW - 10_000, 0.5, NOW - 10_000 - 630_000);
        statuses.add(evaluation("", 1_000, NOW - 20_000, 0.5), NOW);
        statuses.add(old, NOW);
        assertThat(statuses.of(MODEL, NOW).problemLines(Styles.NONE))
                .containsExactly("model m: stale: the parameters are 10 min 30 s old (expected: at most 60 s)");
        assertThat(statuses.of(spec(", join: {within: 1h, after: 10m}"), NOW).problems())
                .noneMatch(problem -> problem.text().startsWith("stale"));
        assertThat(statuses.of(spec(", join: {within: 1h, after: 5m}"), NOW).problems())
                .anyMatch(problem -> problem.text().startsWith("stale: the parameters are 5 min 30 s old"));
    }

    @Test
    void a_keyed_model_adds_its_keys_except_deleted_ones() {
        for (String key : List.of("a", "b", "c")) {
            statuses.add(evaluation(key, 1_000, NOW - 20_000, 0.5), NOW);
            statuses.add(evaluation(key, 2_000, NOW - 10_000, 0.5), NOW);
        }
        statuses.remove(ParameterKey.snapshot("m", "c"));

        ModelStatus status = statuses.of(KEYED, NOW);
        assertThat(status.figures().keys()).isEqualTo(2);
        assertThat(status.figures().samples()).isEqualTo(4_000);
        assertThat(status.figures().perSecond()).isEqualTo(200);
    }

    @Test
    void a_failure_of_the_current_specification_comes_before_every_other_state() {
        ModelSpec frozen = spec(", frozen: true");
        statuses.add(evaluation("", 1_000, NOW - 3_000, 0.5), NOW);
        assertThat(statuses.of(frozen, NOW).state()).isEqualTo(State.FROZEN);

        statuses.add(Evaluation.failed("m", frozen.hash(), "out of luck", NOW, Tally.of(Task.REGRESSION, 1)), NOW);
        assertThat(statuses.of(frozen, NOW).state()).isEqualTo(State.FAILED);
        assertThat(statuses.of(frozen, NOW).failure()).isEqualTo("out of luck");
        assertThat(statuses.of(MODEL, NOW).state()).isEqualTo(State.LEARNING);
    }

    @Test
    void a_model_that_rejects_more_than_it_learns_is_rejecting_with_the_newest_reason() {
        statuses.add(evaluation("", 1_000, NOW - 30_000, 0.5), NOW);
        statuses.add(evaluation("", 2_000, NOW - 20_000, 0.5), NOW);
        statuses.rejections().add("m", 5_000, "x: missing (expected: a number)", NOW - 1_000);
        statuses.rejections().add("other", 1, "z: missing", NOW - 1_000);

        ModelStatus status = statuses.of(MODEL, NOW);

        assertThat(status.state()).isEqualTo(State.REJECTING);
        assertThat(status.fields())
                .containsEntry("rejected", 5_000L)
                .containsEntry("rejection", "x: missing (expected: a number)")
                .containsEntry("level", "bad");
        assertThat(status.problemFields())
                .containsExactly(Map.of(
                        "level",
                        "bad",
                        "text",
                        "rejects 500 records/s, more than it learns; the newest: x: missing (expected: a number)"));
    }

    @Test
    void ages_have_their_two_largest_units() {
        assertThat(row(59_999)[4]).isEqualTo("59 s");
        assertThat(row(200_000)[4]).isEqualTo("3 min 20 s");
        assertThat(row(100 * 60_000)[4]).isEqualTo("1 h 40 min");
    }

    private String[] row(long ageMillis) {
        return new ModelStatus(
                        "m",
                        new Condition(State.IDLE, null, null),
                        List.of(),
                        new ModelStatus.Figures(
                                null, null, ageMillis, new ModelStatus.Published(null, ageMillis), null, null, 0),
                        null,
                        new ModelStatus.Rejected(0, null))
                .row(Styles.NONE);
    }

    private static ModelSpec spec(String more) {
        return ModelSpec.parse("{name: m, label: y, features: {numeric: [x]}, loss: mean-squared-error" + more + "}");
    }

    private static Evaluation evaluation(String key, long version, long emittedAt, double loss) {
        return evaluation(key, version, emittedAt, loss, null);
    }

    private static Evaluation evaluation(
            String key, long version, long emittedAt, double loss, @Nullable Long watermark) {
        Tally tally = Tally.of(Task.REGRESSION, 1);
        for (int i = 0; i < version / 1_000; i++) {
            tally.add(loss, 1, new PredictedSamples(1, new float[] {1}, new float[] {1}, new float[] {1}), 0, 0, 1);
        }
        return new Evaluation(
                new Evaluation.Subject("m", key, Incarnation.UNKNOWN, ""),
                new Evaluation.Counts(version, version, 0),
                new Evaluation.Window(version / 1_000, false, 0, emittedAt, tally.metrics()),
                tally,
                Evaluation.Learning.UNKNOWN,
                new Evaluation.Progress(watermark, 7L, false));
    }
}
