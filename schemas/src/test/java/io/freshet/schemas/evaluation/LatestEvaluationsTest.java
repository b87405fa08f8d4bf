package io.freshet.schemas.evaluation;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.learning.evaluation.Tally;
import io.freshet.learning.lineage.Incarnation;
import io.freshet.learning.loss.Task;
import org.junit.jupiter.api.Test;

/**
 * Would catch samples counted twice after a replay, a page that fails once a model has changed its task, and one that shows a
 * model that is no more.
 */
class LatestEvaluationsTest {
    private final LatestEvaluations scoreboard = new LatestEvaluations();

    @Test
    void the_newest_of_each_key_is_kept_and_a_replay_changes_nothing() {
        assertThat(add("m", "b", 10, 1)).isTrue();
        assertThat(add("m", "a", 5, 2)).isTrue();
        assertThat(add("m", "b", 20, 3)).isTrue();
        assertThat(add("m", "b", 10, 4)).as("replayed").isFalse();
        assertThat(add("m", "b", 20, 5)).as("replayed").isFalse();
        assertThat(scoreboard.keys("m").stream().map(Evaluation::key)).containsExactly("a", "b");
        assertThat(scoreboard.keys("m").get(1).emittedAt()).isEqualTo(3);
        assertThat(scoreboard.total("m").samples()).isEqualTo(25);
        assertThat(scoreboard.models()).containsExactly("m");
    }

    @Test
    void the_newest_evaluation_of_a_model_is_that_of_any_key_that_was_made_last() {
        assertThat(scoreboard.newest("m")).isNull();
        add("m", "b", 10, 5);
        add("m", "a", 3, 7);
        add("m", "b", 20, 6);
        assertThat(scoreboard.newest("m").key()).isEqualTo("a");
        add("m", "a", 3, 9);
        assertThat(scoreboard.newest("m").emittedAt())
                .as("replayed, but it says how far the learning is")
                .isEqualTo(9);
        scoreboard.remove("m", "a");
        assertThat(scoreboard.newest("m").emittedAt()).as("of those left").isEqualTo(6);
        scoreboard.remove("m", "b");
        assertThat(scoreboard.newest("m")).isNull();
    }

    @Test
    void the_last_evaluation_counts_though_no_sample_is_new() {
        Tally tally = Evaluations.tally(Task.BINARY, 1, 10);
        assertThat(scoreboard.add(Evaluations.of("m", "", tally, 1, false))).isTrue();
        assertThat(scoreboard.add(Evaluations.of("m", "", tally, 2, true))).isTrue();
        assertThat(scoreboard.add(Evaluations.of("m", "", tally, 3, true))).isFalse();
        assertThat(scoreboard.keys("m").get(0).last()).isTrue();
    }

    @Test
    void the_total_is_the_sum_over_keys_and_shares_nothing() {
        Tally first = Evaluations.tally(Task.MULTICLASS, 3, 30);
        Tally second = Evaluations.tally(Task.MULTICLASS, 3, 12);
        scoreboard.add(Evaluations.of("m", "a", first, 1, false));
        scoreboard.add(Evaluations.of("m", "b", second, 1, false));
        Tally expected = first.copy();
        expected.add(second);
        scoreboard.total("m").clear();
        assertThat(scoreboard.total("m").metrics()).isEqualTo(expected.metrics());
    }

    @Test
    void what_is_unknown_or_removed_is_empty() {
        assertThat(scoreboard.total("m")).isNull();
        assertThat(scoreboard.keys("m")).isEmpty();
        assertThat(scoreboard.remove("m", "")).as("unknown").isFalse();
        add("m", "", 1, 1);
        assertThat(scoreboard.remove("m", "")).isTrue();
        assertThat(scoreboard.models()).isEmpty();
        assertThat(scoreboard.total("m")).isNull();
        assertThat(scoreboard.lastWithEvents("m")).isNull();
        assertThat(scoreboard.remove("m", "")).as("replayed").isFalse();
    }

    @Test
    void a_key_that_is_forgotten_leaves_the_others() {
        add("m", "a", 5, 2);
        add("m", "b", 10, 1);
        assertThat(scoreboard.remove("m", "a")).isFalse();
        assertThat(scoreboard.keys("m"))
                .singleElement()
                .extracting(Evaluation::key)
                .isEqualTo("b");
        assertThat(scoreboard.total("m").samples()).isEqualTo(10);
        assertThat(add("m", "a", 1, 3)).as("learned anew").isTrue();
        assertThat(scoreboard.total("m").samples()).isEqualTo(11);
        assertThat(scoreboard.remove("m", "b")).isFalse();
        assertThat(scoreboard.remove("m", "a")).as("the last one").isTrue();
    }

    /** Its state may be gone with nobody to say so: it was reset, or its checkpoints were removed. */
    @Test
    void another_life_takes_the_place_of_the_one_before_it_though_it_has_learned_less() {
        add("m", 0, 100, 10, Evaluations.LEARNING);
        assertThat(add("m", 0, 90, 11, Evaluations.LEARNING)).as("replayed").isFalse();
        assertThat(add("m", 500, 4, 12, Evaluation.Learning.UNKNOWN)).isTrue();
        assertThat(scoreboard.total("m").samples()).isEqualTo(4);
        assertThat(scoreboard.lastWithEvents("m"))
                .as("found in the life before")
                .isNull();
        assertThat(add("m", 0, 200, 11, Evaluations.LEARNING)).as("made before").isFalse();
        assertThat(add("m", 500, 8, 12, Evaluation.Learning.UNKNOWN)).isTrue();
        assertThat(scoreboard.total("m").samples()).isEqualTo(8);
    }

    /** A failure just after a model was forgotten repeats the end of its life, the tombstone, and the next one. */
    @Test
    void a_replay_over_the_end_of_a_life_ends_with_the_next_one() {
        add("m", 0, 100, 10, Evaluations.LEARNING);
        scoreboard.remove("m", "");
        add("m", 500, 4, 12, Evaluations.LEARNING);
        add("m", 0, 100, 13, Evaluations.LEARNING);
        scoreboard.remove("m", "");
        assertThat(add("m", 500, 4, 14, Evaluations.LEARNING)).isTrue();
        assertThat(scoreboard.total("m").samples()).isEqualTo(4);
    }

    /** A model may be applied again with another loss or more classes while its keys are still on the topic. */
    @Test
    void a_model_of_another_shape_starts_anew() {
        scoreboard.add(Evaluations.of("m", "a", Evaluations.tally(Task.MULTICLASS, 3, 100), 10, false));
        scoreboard.add(Evaluations.of("m", "b", Evaluations.tally(Task.MULTICLASS, 3, 100), 11, false));
        assertThat(scoreboard.add(Evaluations.of("m", "b", Evaluations.tally(Task.MULTICLASS, 5, 4), 12, false)))
                .isTrue();
        assertThat(scoreboard.keys("m")).hasSize(1);
        assertThat(scoreboard.total("m").samples()).isEqualTo(4);
        assertThat(scoreboard.add(Evaluations.of("m", "a", Evaluations.tally(Task.MULTICLASS, 3, 200), 9, false)))
                .as("older, read late from another partition")
                .isFalse();
        assertThat(scoreboard.add(Evaluations.of("m", "a", Evaluations.tally(Task.REGRESSION, 1, 2), 13, false)))
                .isTrue();
        assertThat(scoreboard.total("m").task()).isEqualTo(Task.REGRESSION);
        assertThat(scoreboard.total("m").samples()).isEqualTo(2);
    }

    private boolean add(String model, long firstOffset, int samples, long emittedAt, Evaluation.Learning learning) {
        Incarnation origin = new Incarnation(new int[] {0}, new long[] {firstOffset});
        Tally tally = Evaluations.tally(Task.BINARY, 1, samples);
        return scoreboard.add(Evaluations.of(model, "", tally, emittedAt, false, learning, origin));
    }

    private boolean add(String model, String key, int samples, long emittedAt) {
        return scoreboard.add(Evaluations.of(model, key, Evaluations.tally(Task.BINARY, 1, samples), emittedAt, false));
    }
}
