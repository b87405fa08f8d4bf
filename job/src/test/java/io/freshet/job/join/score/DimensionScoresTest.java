package io.freshet.job.join.score;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.learning.evaluation.Tally;
import io.freshet.learning.predict.AnswerScorer;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.loop.ServedScore;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Would catch a value that becomes frequent and stays hidden, and answers lost when values change places. */
class DimensionScoresTest {
    private final ModelSpec spec = ClosedRequests.binary("ctr");
    private final AnswerScorer scorer = new AnswerScorer(spec);
    private final DimensionScores scores =
            new DimensionScores("origin", Tally.of(spec.loss().task(), 1));
    private long added;

    @BeforeEach
    void evaluate() {
        assertThat(scorer.evaluate(new float[] {0.5f}, 1)).isTrue();
    }

    private void add(String value, int times) {
        for (int i = 0; i < times; i++) {
            scores.add(value, scorer);
            added++;
        }
    }

    private long samples(String value) {
        return scores.scores().stream()
                .filter(score -> score.value().equals(value))
                .mapToLong(score -> score.total().samples())
                .sum();
    }

    private void fill() {
        for (int i = 0; i < DimensionScores.MOST; i++) {
            add("v" + i, 20 + i);
        }
    }

    @Test
    void a_value_that_becomes_frequent_replaces_the_rarest() {
        fill();
        add("new", 25);
        assertThat(samples("new")).as("not yet 25% more than 20").isZero();
        assertThat(samples(ServedScore.OTHER)).isEqualTo(25);
        add("new", 10);
        assertThat(samples("new")).as("since it is listed").isEqualTo(10);
        assertThat(samples("v0")).isZero();
        assertThat(samples(ServedScore.OTHER)).isEqualTo(25 + 20);
        add("v0", 1);
        assertThat(samples(ServedScore.OTHER)).isEqualTo(25 + 20 + 1);
        assertAllAreScored();
    }

    @Test
    void a_replaced_value_keeps_its_count() {
        fill();
        add("new", 26);
        assertThat(samples("v0")).isZero();
        add("v0", 7);
        assertThat(samples("v0")).as("27 is 25% more than 21").isEqualTo(1);
        assertThat(samples("v1")).isZero();
        assertAllAreScored();
    }

    @Test
    void rare_values_stay_together() {
        fill();
        for (int i = 0; i < 5_000; i++) {
            add("rare" + i, 1);
        }
        assertThat(samples(ServedScore.OTHER)).isEqualTo(5_000);
        List<ServedScore> all = scores.scores();
        assertThat(all).hasSize(DimensionScores.MOST + 1);
        assertThat(all.get(0).value()).as("most answers first").isEqualTo("v31");
        assertThat(all.get(DimensionScores.MOST).value()).as("the rest last").isEqualTo(ServedScore.OTHER);
        assertAllAreScored();
    }

    @Test
    void a_value_with_the_name_of_the_rest_counts_among_it() {
        add(ServedScore.OTHER, 100);
        fill();
        add(ServedScore.OTHER, 100);
        assertThat(scores.scores()).hasSize(DimensionScores.MOST + 1);
        assertThat(samples(ServedScore.OTHER)).isEqualTo(200);
        assertAllAreScored();
    }

    @Test
    void a_long_value_is_cut_between_characters() {
        String pair = "\ud83d\ude00";
        add("x" + pair.repeat(60), 1);
        assertThat(scores.scores().get(0).value()).isEqualTo("x" + pair.repeat(49));
        add("y" + pair.repeat(49) + "zzz", 1);
        assertThat(samples("y" + pair.repeat(49) + "z")).isEqualTo(1);
    }

    @Test
    void a_dimension_without_values_has_no_scores() {
        scores.add(null, scorer);
        assertThat(scores.scores()).isEmpty();
        scores.add("SEA", scorer);
        assertThat(scores.scores()).extracting(ServedScore::value).containsExactly("", "SEA");
    }

    private void assertAllAreScored() {
        assertThat(scores.scores().stream()
                        .mapToLong(score -> score.total().samples())
                        .sum())
                .isEqualTo(added);
    }
}
