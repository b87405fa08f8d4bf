package io.freshet.cli.status;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.cli.console.Styles;
import io.freshet.cli.status.ModelStatus.State;
import io.freshet.learning.evaluation.PredictedSamples;
import io.freshet.learning.evaluation.Tally;
import io.freshet.learning.lineage.Incarnation;
import io.freshet.learning.loss.Task;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.learning.watch.Event;
import io.freshet.schemas.evaluation.Evaluation;
import io.freshet.schemas.topic.ParameterKey;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Would catch a model that is shown as learning while it is not, or the other way around. */
class ModelStatusesTest {
    private static final long NOW = 1_700_000_000_000L;
    private static final ModelSpec MODEL = spec("");
    private static final ModelSpec KEYED = spec(", key: k");
    private static final Event HELD =
            new Event(Event.Kind.DIVERGENCE, "divergence", 1_000, 0.25, 40, "hold", List.of());

    private final ModelStatuses statuses = new ModelStatuses();

    @Test
    void a_model_without_evaluations_is_idle_and_has_no_figures() {
        assertThat(statuses.of(MODEL, NOW))
                .isEqualTo(new ModelStatus("m", State.IDLE, null, null, null, null, null, 0, null, null));
    }

    @Test
    void the_rate_is_that_between_the_last_two_evaluations() {
        statuses.add(evaluation("", 1_000, NOW - 30_000, 0.5));
        statuses.add(evaluation("", 3_000, NOW - 10_000, 0.25));

        assertThat(statuses.of(MODEL, NOW))
                .isEqualTo(new ModelStatus("m", State.LEARNING, null, 3_000L, 10_000L, 0.25, 0.25, 100, 7L, null));
    }

    @Test
    void a_model_is_idle_after_three_intervals_but_not_within_a_minute() {
        statuses.add(evaluation("", 1_000, NOW - 100_000, 0.5));
        statuses.add(evaluation("", 2_000, NOW, 0.5));
        assertThat(statuses.of(MODEL, NOW + 300_000).state()).isEqualTo(State.LEARNING);
        assertThat(statuses.of(MODEL, NOW + 300_001).state()).isEqualTo(State.IDLE);
        assertThat(statuses.of(MODEL, NOW + 300_001).perSecond()).isZero();

        statuses.add(evaluation("", 3_000, NOW + 1_000, 0.5));
        assertThat(statuses.of(MODEL, NOW + 61_000).state()).isEqualTo(State.LEARNING);
        assertThat(statuses.of(MODEL, NOW + 61_001).state()).isEqualTo(State.IDLE);
    }

    @Test
    void a_keyed_model_adds_its_keys_except_deleted_ones() {
        for (String key : List.of("a", "b", "c")) {
            statuses.add(evaluation(key, 1_000, NOW - 20_000, 0.5));
            statuses.add(evaluation(key, 2_000, NOW - 10_000, 0.5));
        }
        statuses.remove(ParameterKey.snapshot("m", "c"));

        ModelStatus status = statuses.of(KEYED, NOW);
        assertThat(status.keys()).isEqualTo(2);
        assertThat(status.version()).isEqualTo(4_000);
        assertThat(status.perSecond()).isEqualTo(200);
    }

    @Test
    void a_model_is_held_until_its_loss_recovers() {
        statuses.add(evaluation("", 1_000, NOW - 3_000, 40, HELD));
        assertThat(statuses.of(MODEL, NOW).state()).isEqualTo(State.HELD);

        statuses.add(evaluation("", 2_000, NOW - 2_000, 35));
        assertThat(statuses.of(MODEL, NOW).state()).isEqualTo(State.HELD);

        statuses.add(evaluation("", 3_000, NOW - 1_000, 0.5));
        assertThat(statuses.of(MODEL, NOW).state()).isEqualTo(State.LEARNING);
    }

    @Test
    void a_failure_of_the_current_specification_comes_before_every_other_state() {
        ModelSpec frozen = spec(", frozen: true");
        statuses.add(evaluation("", 1_000, NOW - 3_000, 0.5));
        assertThat(statuses.of(frozen, NOW).state()).isEqualTo(State.FROZEN);

        statuses.add(Evaluation.failed("m", frozen.hash(), "out of luck", NOW, new Tally(Task.REGRESSION, 1)));
        assertThat(statuses.of(frozen, NOW).state()).isEqualTo(State.FAILED);
        assertThat(statuses.of(frozen, NOW).failure()).isEqualTo("out of luck");
        assertThat(statuses.of(MODEL, NOW).state()).isEqualTo(State.LEARNING);
    }

    @Test
    void ages_have_their_two_largest_units() {
        assertThat(row(59_999)[4]).isEqualTo("59 s");
        assertThat(row(200_000)[4]).isEqualTo("3 min 20 s");
        assertThat(row(100 * 60_000)[4]).isEqualTo("1 h 40 min");
    }

    private String[] row(long ageMillis) {
        return new ModelStatus("m", State.IDLE, null, null, ageMillis, null, null, 0, null, null).row(Styles.NONE);
    }

    private static ModelSpec spec(String more) {
        return ModelSpec.parse("{name: m, label: y, features: {numeric: [x]}, loss: mean-squared-error" + more + "}");
    }

    private static Evaluation evaluation(String key, long version, long emittedAt, double loss, Event... events) {
        Tally tally = new Tally(Task.REGRESSION, 1);
        for (int i = 0; i < version / 1_000; i++) {
            tally.add(loss, 1, new PredictedSamples(1, new float[] {1}, new float[] {1}, new float[] {1}), 0, 0, 1);
        }
        return new Evaluation(
                new Evaluation.Subject("m", key, Incarnation.UNKNOWN, ""),
                new Evaluation.Counts(version, version, 0),
                new Evaluation.Window(version / 1_000, false, 0, emittedAt, tally.metrics()),
                tally,
                new Evaluation.Learning(null, null, 0, false, List.of(events), null),
                new Evaluation.Progress(null, 7L, false));
    }
}
