package io.freshet.schemas.facts;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.learning.evaluation.Event;
import io.freshet.learning.evaluation.Tally;
import io.freshet.learning.features.Incarnation;
import io.freshet.learning.loss.Task;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * Would catch samples counted twice after a redelivery, a page that fails after a model's task changes, and a page that shows a
 * deleted model.
 */
class LatestEvaluationsTest {
    private final LatestEvaluations latest = new LatestEvaluations();

    @Test
    void keeps_the_newest_of_each_key_and_ignores_a_replay() {
        assertThat(add("m", "b", 10, 1)).isTrue();
        assertThat(add("m", "a", 5, 2)).isTrue();
        assertThat(add("m", "b", 20, 3)).isTrue();
        assertThat(add("m", "b", 10, 4)).as("replayed").isFalse();
        assertThat(add("m", "b", 20, 5)).as("replayed").isFalse();
        assertThat(latest.keys("m").stream().map(Evaluation::key)).containsExactly("a", "b");
        assertThat(latest.keys("m").get(1).emittedAt()).isEqualTo(3);
        assertThat(latest.total("m").samples()).isEqualTo(25);
        assertThat(latest.models()).containsExactly("m");
    }

    @Test
    void the_newest_evaluation_of_a_model_is_the_last_one_emitted_for_any_key() {
        assertThat(latest.newest("m")).isNull();
        add("m", "b", 10, 5);
        add("m", "a", 3, 7);
        add("m", "b", 20, 6);
        assertThat(latest.newest("m").key()).isEqualTo("a");
        add("m", "a", 3, 9);
        assertThat(latest.newest("m").emittedAt())
                .as("replayed, but its progress is newer")
                .isEqualTo(9);
        latest.remove("m", "a");
        assertThat(latest.newest("m").emittedAt()).as("of those left").isEqualTo(6);
        latest.remove("m", "b");
        assertThat(latest.newest("m")).isNull();
    }

    /** Would catch predictions that wait on the event loop while the keys of a model are copied. */
    @Test
    void the_newest_evaluation_is_read_without_waiting() throws Exception {
        add("m", "b", 10, 5);
        synchronized (latest) {
            assertThat(CompletableFuture.supplyAsync(() -> latest.newest("m")).get(20, TimeUnit.SECONDS))
                    .isNotNull();
        }
    }

    @Test
    void the_last_evaluation_counts_without_new_samples() {
        Tally tally = Evaluations.tally(Task.BINARY, 1, 10);
        assertThat(latest.add(Evaluations.of("m", "", tally, 1, false))).isTrue();
        assertThat(latest.add(Evaluations.of("m", "", tally, 2, true))).isTrue();
        assertThat(latest.add(Evaluations.of("m", "", tally, 3, true))).isFalse();
        assertThat(latest.keys("m").get(0).last()).isTrue();
    }

    @Test
    void the_total_is_an_independent_sum_over_keys() {
        Tally first = Evaluations.tally(Task.MULTICLASS, 3, 30);
        Tally second = Evaluations.tally(Task.MULTICLASS, 3, 12);
        latest.add(Evaluations.of("m", "a", first, 1, false));
        latest.add(Evaluations.of("m", "b", second, 1, false));
        Tally expected = first.copy();
        expected.add(second);
        latest.total("m").clear();
        assertThat(latest.total("m").metrics()).isEqualTo(expected.metrics());
    }

    @Test
    void an_unknown_or_removed_model_is_empty() {
        assertThat(latest.total("m")).isNull();
        assertThat(latest.keys("m")).isEmpty();
        assertThat(latest.remove("m", "")).as("unknown").isFalse();
        add("m", "", 1, 1);
        assertThat(latest.remove("m", "")).isTrue();
        assertThat(latest.models()).isEmpty();
        assertThat(latest.total("m")).isNull();
        assertThat(latest.lastWithEvents("m")).isNull();
        assertThat(latest.remove("m", "")).as("replayed").isFalse();
    }

    @Test
    void removing_a_key_leaves_the_others() {
        add("m", "a", 5, 2);
        add("m", "b", 10, 1);
        assertThat(latest.remove("m", "a")).isFalse();
        assertThat(latest.keys("m")).singleElement().extracting(Evaluation::key).isEqualTo("b");
        assertThat(latest.total("m").samples()).isEqualTo(10);
        assertThat(add("m", "a", 1, 3)).as("learned again").isTrue();
        assertThat(latest.total("m").samples()).isEqualTo(11);
        assertThat(latest.remove("m", "b")).isFalse();
        assertThat(latest.remove("m", "a")).as("the last one").isTrue();
    }

    /** A state can disappear without a tombstone, by a reset or because its checkpoints were deleted. */
    @Test
    void another_incarnation_replaces_the_previous_one_although_it_has_learned_less() {
        add("m", 0, 100, 10, Evaluations.LEARNING);
        assertThat(add("m", 0, 90, 11, Evaluations.LEARNING)).as("replayed").isFalse();
        assertThat(add("m", 500, 4, 12, Evaluation.Learning.UNKNOWN)).isTrue();
        assertThat(latest.total("m").samples()).isEqualTo(4);
        assertThat(latest.lastWithEvents("m"))
                .as("events of the previous incarnation")
                .isNull();
        assertThat(add("m", 0, 200, 11, Evaluations.LEARNING))
                .as("emitted earlier")
                .isFalse();
        assertThat(add("m", 500, 8, 12, Evaluation.Learning.UNKNOWN)).isTrue();
        assertThat(latest.total("m").samples()).isEqualTo(8);
    }

    /** After a failure, the end of an expired incarnation, its tombstone, and the next incarnation may be redelivered. */
    @Test
    void a_replay_across_two_incarnations_ends_with_the_second() {
        add("m", 0, 100, 10, Evaluations.LEARNING);
        latest.remove("m", "");
        add("m", 500, 4, 12, Evaluations.LEARNING);
        add("m", 0, 100, 13, Evaluations.LEARNING);
        latest.remove("m", "");
        assertThat(add("m", 500, 4, 14, Evaluations.LEARNING)).isTrue();
        assertThat(latest.total("m").samples()).isEqualTo(4);
    }

    @Test
    void a_divergence_ends_with_its_key_or_incarnation() {
        Evaluation.Learning diverged = new Evaluation.Learning(
                null,
                null,
                0,
                false,
                List.of(new Event(Event.Kind.DIVERGENCE, "update-norm", 1, 0.1, 9, "hold", List.of())),
                null);
        add("m", 0, 100, 10, diverged);
        assertThat(latest.divergence("m")).isNotNull();
        add("m", 500, 4, 12, Evaluation.Learning.UNKNOWN);
        assertThat(latest.divergence("m")).as("another incarnation").isNull();
        add("m", 500, 8, 13, diverged);
        assertThat(latest.divergence("m")).isNotNull();
        latest.remove("m", "");
        assertThat(latest.divergence("m")).as("deleted").isNull();
    }

    /** A model may be applied again with another loss or more classes while its old keys are still on the topic. */
    @Test
    void a_model_of_another_shape_starts_from_scratch() {
        latest.add(Evaluations.of("m", "a", Evaluations.tally(Task.MULTICLASS, 3, 100), 10, false));
        latest.add(Evaluations.of("m", "b", Evaluations.tally(Task.MULTICLASS, 3, 100), 11, false));
        assertThat(latest.add(Evaluations.of("m", "b", Evaluations.tally(Task.MULTICLASS, 5, 4), 12, false)))
                .isTrue();
        assertThat(latest.keys("m")).hasSize(1);
        assertThat(latest.total("m").samples()).isEqualTo(4);
        assertThat(latest.add(Evaluations.of("m", "a", Evaluations.tally(Task.MULTICLASS, 3, 200), 9, false)))
                .as("older, read late from another partition")
                .isFalse();
        assertThat(latest.add(Evaluations.of("m", "a", Evaluations.tally(Task.REGRESSION, 1, 2), 13, false)))
                .isTrue();
        assertThat(latest.total("m").task()).isEqualTo(Task.REGRESSION);
        assertThat(latest.total("m").samples()).isEqualTo(2);
    }

    @Test
    void a_failure_lasts_until_the_model_learns_in_a_later_run_or_with_another_specification() {
        add("m", "", 5, 2_000);
        latest.add(Evaluations.failed("m", Evaluations.SPEC_HASH, 3_000));
        assertThat(latest.failures(10_000)).containsOnlyKeys("m");
        assertThat(latest.total("m").samples()).isEqualTo(5);

        add("m", "a subtask that has not failed", 5, 4_000);
        assertThat(latest.failures(10_000)).containsOnlyKeys("m");

        latest.add(ofRun(3_500, Evaluations.of("m", "", Evaluations.tally(Task.BINARY, 1, 6), 5_000, false)));
        assertThat(latest.failures(10_000)).isEmpty();

        latest.add(Evaluations.failed("m", "of another specification", 4_500));
        assertThat(latest.failures(10_000))
                .as("emitted before the model learned")
                .isEmpty();
        latest.add(Evaluations.failed("m", "of another specification", 6_000));
        assertThat(latest.failures(10_000)).containsOnlyKeys("m");
        add("m", "", 7, 7_000);
        assertThat(latest.failures(10_000)).isEmpty();
    }

    @Test
    void a_failure_that_is_not_reported_again_is_forgotten() {
        latest.add(Evaluations.failed("m", Evaluations.SPEC_HASH, 3_000));
        assertThat(latest.failures(3_000 + LatestEvaluations.FAILURE_MILLIS)).containsOnlyKeys("m");
        assertThat(latest.failures(3_001 + LatestEvaluations.FAILURE_MILLIS)).isEmpty();
    }

    @Test
    void a_deleted_model_has_no_failure() {
        latest.add(Evaluations.failed("m", Evaluations.SPEC_HASH, 3_000));
        latest.remove("m", "");
        assertThat(latest.failures(10_000)).isEmpty();
    }

    private static Evaluation ofRun(long startedAt, Evaluation evaluation) {
        Evaluation.Window window = evaluation.window();
        return new Evaluation(
                evaluation.subject(),
                evaluation.counts(),
                new Evaluation.Window(window.index(), window.last(), startedAt, window.emittedAt(), window.metrics()),
                evaluation.total(),
                evaluation.learning(),
                evaluation.progress());
    }

    private boolean add(String model, long firstOffset, int samples, long emittedAt, Evaluation.Learning learning) {
        Incarnation origin = new Incarnation(new int[] {0}, new long[] {firstOffset});
        Tally tally = Evaluations.tally(Task.BINARY, 1, samples);
        Evaluation.Subject subject = new Evaluation.Subject(model, "", origin, Evaluations.SPEC_HASH);
        return latest.add(Evaluations.of(subject, tally, emittedAt, false, learning));
    }

    private boolean add(String model, String key, int samples, long emittedAt) {
        return latest.add(Evaluations.of(model, key, Evaluations.tally(Task.BINARY, 1, samples), emittedAt, false));
    }
}
