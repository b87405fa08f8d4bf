package io.freshet.learning.join;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.learning.spec.Delayed;
import io.freshet.learning.spec.JoinSpec;
import io.freshet.learning.spec.MissingOutcome;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.learning.spec.Several;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The request of these tests is at 1000, and its attribution ends at 1100. */
class JoinRuleTest {
    private static final MissingOutcome NEGATIVE = MissingOutcome.of(0.0, null);
    private static final MissingOutcome DROP = MissingOutcome.of(null, null);

    private final List<String> seen = new ArrayList<>();
    private final JoinState state = new JoinState();
    private JoinRule rule = rule(20, Several.LAST, NEGATIVE);

    @Test
    void corrects_a_negative_when_its_outcome_comes() {
        open();
        rule.advance(state, 1020);
        outcome(1050, 1);
        assertThat(rule.nextTime(state)).isEqualTo(1050);
        rule.advance(state, 1050);
        rule.advance(state, 1100);
        assertThat(seen)
                .containsExactly(
                        "OPEN 0.0 at 1020",
                        "CHANGED 1.0 from 0.0 at 1050",
                        "CLOSED 1.0 at 1100",
                        "closed 1.0 after 50");
        assertThat(rule.nextTime(state)).isEqualTo(1110);
        rule.advance(state, 1110);
        assertThat(state.isEmpty()).isTrue();
    }

    @Test
    void emits_nothing_before_the_watermark_reaches_it() {
        open();
        rule.advance(state, 1019);
        assertThat(seen).isEmpty();
        assertThat(rule.nextTime(state)).isEqualTo(1020);
    }

    @Test
    void emits_one_complete_sample_if_it_waits_for_the_end() {
        rule = rule(100, Several.SUM, NEGATIVE);
        open();
        outcome(1100, 2);
        outcome(1000, 3);
        rule.advance(state, 1100);
        assertThat(seen).containsExactly("COMPLETE 5.0 at 1100", "closed 5.0 after 0");
    }

    @Test
    void joins_outcomes_that_came_before_their_request() {
        outcome(1010, 1);
        outcome(999, 1);
        outcome(1101, 1);
        assertThat(state.isWaiting()).isTrue();
        open();
        rule.advance(state, 1020);
        assertThat(seen).containsExactly("OUTSIDE 999", "OUTSIDE 1101", "OPEN 1.0 at 1020");
    }

    @Test
    void drops_a_request_without_outcome_if_so_specified() {
        rule = rule(20, Several.LAST, DROP);
        open();
        rule.advance(state, 1100);
        assertThat(seen).containsExactly("closed NaN after -1");
    }

    @Test
    void emits_the_first_sample_when_the_first_outcome_comes() {
        rule = rule(20, Several.LAST, DROP);
        open();
        rule.advance(state, 1040);
        outcome(1060, 1);
        assertThat(rule.nextTime(state)).isEqualTo(1060);
        rule.advance(state, 1060);
        assertThat(seen).containsExactly("OPEN 1.0 at 1060");
    }

    @Test
    void counts_an_outcome_id_once_whichever_comes_first() {
        open();
        rule.outcome(state, new JoinOutcome(1015, 0, 5, 0, "o", false, null), 0);
        rule.outcome(state, new JoinOutcome(1010, 0, 6, 1, "o", false, null), 0);
        rule.outcome(state, new JoinOutcome(1010, 0, 6, 1, "o", false, null), 0);
        rule.advance(state, 1020);
        assertThat(seen).containsExactly("doubled 1015 with another value", "doubled 1010", "OPEN 1.0 at 1020");
    }

    @Test
    void counts_equal_content_once() {
        rule = rule(100, Several.SUM, DROP);
        open();
        outcome(1010, 1);
        outcome(1010, 1);
        outcome(1010, 2);
        rule.advance(state, 1100);
        assertThat(seen).containsExactly("doubled 1010", "COMPLETE 3.0 at 1100", "closed 3.0 after 10");
    }

    @Test
    void corrects_the_label_at_once_if_an_outcome_is_late() {
        open();
        rule.advance(state, 1105);
        seen.clear();
        outcome(1030, 1, 1105);
        assertThat(seen).containsExactly("CHANGED 1.0 from 0.0 at 1100");
    }

    @Test
    void rejects_a_late_outcome_of_a_model_that_waits() {
        JoinSpec join = new JoinSpec(100, 100, 10, Several.LAST, NEGATIVE, Delayed.WAIT, List.of());
        rule = new JoinRule(join, value -> value, listener());
        open();
        outcome(1090, 0, 1000);
        rule.advance(state, 1105);
        seen.clear();
        outcome(1030, 1, 1105);
        outcome(1090, 0, 1105);
        assertThat(seen).containsExactly("LATE 1030", "doubled 1090");
    }

    @Test
    void forgets_outcomes_whose_request_never_comes() {
        outcome(1000, 1);
        assertThat(rule.nextTime(state)).isEqualTo(1110);
        rule.advance(state, 1110);
        assertThat(seen).containsExactly("ORPHAN 1000");
        assertThat(state.isEmpty()).isTrue();
        outcome(1000, 1, 1110);
        assertThat(seen).endsWith("LATE 1000");
    }

    @Test
    void ignores_a_second_request_and_a_late_one() {
        open();
        assertThat(rule.request(state, new JoinRequest(1001, false, new byte[0]), 1000))
                .isEqualTo(JoinRule.Arrival.DOUBLED);
        assertThat(rule.request(state, new JoinRequest(1000, false, new byte[0]), 1110))
                .isEqualTo(JoinRule.Arrival.LATE);
    }

    @Test
    void emits_everything_that_is_due_when_a_request_comes_late() {
        outcome(1030, 1);
        outcome(1060, 2);
        rule.request(state, new JoinRequest(1000, false, new byte[0]), 1104);
        assertThat(seen)
                .containsExactly(
                        "OPEN 0.0 at 1020",
                        "CHANGED 1.0 from 0.0 at 1030",
                        "CHANGED 2.0 from 1.0 at 1060",
                        "CLOSED 2.0 at 1100",
                        "closed 2.0 after 30");
    }

    @Test
    void has_no_missing_label_before_the_prediction_was_shown() {
        rule = rule(20, Several.LAST, MissingOutcome.of(0.0, "shown"));
        open();
        rule.advance(state, 1030);
        assertThat(seen).isEmpty();
        rule.outcome(state, new JoinOutcome(1050, 0, 1, Double.NaN, null, true, null), 1030);
        rule.advance(state, 1050);
        assertThat(seen).containsExactly("OPEN 0.0 at 1050");
    }

    @Test
    void takes_the_nearest_label_for_a_sum_beyond_the_labels() {
        ModelSpec spec = ModelSpec.parse("{name: m, label: y, features: {numeric: [a]}, loss: binary-cross-entropy}");
        JoinSpec join = new JoinSpec(100, 0, 10, Several.SUM, NEGATIVE, Delayed.RETRACT, List.of());
        rule = new JoinRule(join, new NearestLabel(spec), listener());
        open();
        outcome(1010, 1);
        outcome(1020, 1);
        outcome(1030, -1);
        outcome(1040, -2);
        rule.advance(state, 1040);
        assertThat(seen)
                .containsExactly("OPEN 0.0 at 1000", "CHANGED 1.0 from 0.0 at 1010", "CHANGED 0.0 from 1.0 at 1040");
    }

    /** It arrived as a part of a sum, before {@code several} changed. */
    @Test
    void takes_the_nearest_label_for_one_outcome_that_is_no_label() {
        ModelSpec spec = ModelSpec.parse("{name: m, label: y, features: {numeric: [a]}, loss: binary-cross-entropy}");
        JoinSpec join = new JoinSpec(100, 0, 10, Several.LAST, NEGATIVE, Delayed.RETRACT, List.of());
        rule = new JoinRule(join, new NearestLabel(spec), listener());
        open();
        outcome(1010, 20);
        rule.advance(state, 1010);
        assertThat(seen).containsExactly("OPEN 0.0 at 1000", "CHANGED 1.0 from 0.0 at 1010");
    }

    @Test
    void knows_the_nearest_label_of_each_loss() {
        assertThat(nearest("poisson", -3)).isZero();
        assertThat(nearest("poisson", 2.5)).isEqualTo(2.5);
        assertThat(nearest("mean-squared-error", -1e20)).isEqualTo(-1e15);
        assertThat(nearest("mean-squared-error", -7)).isEqualTo(-7);
        assertThat(nearest("hinge", 0.75)).isEqualTo(1);
        assertThat(nearest("hinge", 0.25)).isZero();
        assertThat(nearest("binary-cross-entropy", 0.75)).isEqualTo(0.75);
    }

    @Test
    void takes_the_end_on_the_side_of_a_value_from_which_both_are_equally_far() {
        for (double far : new double[] {1e17, 1e300, Double.POSITIVE_INFINITY}) {
            assertThat(nearest("binary-cross-entropy", far)).isEqualTo(1);
            assertThat(nearest("binary-cross-entropy", -far)).isZero();
            assertThat(nearest("poisson", far)).isEqualTo(1e15);
            assertThat(nearest("mean-squared-error", -far)).isEqualTo(-1e15);
        }
    }

    private static double nearest(String loss, double value) {
        ModelSpec spec = ModelSpec.parse("{name: m, label: y, features: {numeric: [a]}, loss: " + loss + "}");
        return new NearestLabel(spec).applyAsDouble(value);
    }

    @Test
    void counts_a_repeated_outcome_once_while_it_waits() {
        for (int i = 0; i < 2_000; i++) {
            rule.outcome(state, new JoinOutcome(1010, 0, i, 1, "o", false, new byte[0]), 0);
        }
        assertThat(seen).containsOnly("doubled 1010");
        outcome(1011, 2);
        open();
        assertThat(seen).hasSize(1_999).containsOnly("doubled 1010");
        rule.advance(state, 1020);
        assertThat(seen).hasSize(2_000).endsWith("OPEN 2.0 at 1020");
    }

    /** Would catch an unjoined topic that depends on what arrived first. */
    @Test
    void each_record_of_an_outcome_that_does_not_count_is_unjoined() {
        JoinOutcome first = new JoinOutcome(900, 0, 1, 1, "o", false, new byte[0]);
        JoinOutcome second = new JoinOutcome(900, 0, 2, 1, "o", false, new byte[0]);
        rule.outcome(state, first, 0);
        rule.outcome(state, second, 0);
        open();
        assertThat(seen).containsExactly("OUTSIDE 900", "OUTSIDE 900");
        rule.outcome(state, second, 0);
        assertThat(seen).hasSize(3).containsOnly("OUTSIDE 900");
    }

    @Test
    void each_record_of_an_outcome_without_a_request_is_an_orphan() {
        rule.outcome(state, new JoinOutcome(900, 0, 1, 1, null, false, new byte[0]), 0);
        rule.outcome(state, new JoinOutcome(900, 0, 2, 1, null, false, new byte[0]), 0);
        rule.advance(state, 1010);
        assertThat(seen).containsExactly("ORPHAN 900", "ORPHAN 900");
    }

    @Test
    void keeps_a_bounded_number_of_outcomes() {
        for (int i = 0; i <= JoinRule.MAXIMUM_OUTCOMES; i++) {
            outcome(1000, i);
        }
        assertThat(seen).containsExactly("full 1000");
        open();
        outcome(1001, 1);
        assertThat(seen).endsWith("full 1001");
    }

    @Test
    void rejects_an_outcome_beside_all_that_are_kept_and_an_exposure() throws IOException {
        rule = rule(20, Several.LAST, MissingOutcome.of(0.0, "shown"));
        open();
        for (int i = 0; i < JoinRule.MAXIMUM_OUTCOMES; i++) {
            outcome(1000, i);
        }
        rule.outcome(state, new JoinOutcome(1000, 0, 5_000, Double.NaN, null, true, null), 0);
        outcome(1001, 1);
        assertThat(seen).containsExactly("full 1001");
        assertThat(JoinStateCodecTest.read(JoinStateCodecTest.write(state)).outcomes)
                .hasSize(JoinRule.MAXIMUM_OUTCOMES + 1);
    }

    @Test
    void keeps_a_bounded_content_of_outcomes_that_wait() {
        byte[] content = new byte[JoinRule.MAXIMUM_WAITING_BYTES / 8];
        for (int i = 0; i < 9; i++) {
            rule.outcome(state, new JoinOutcome(1010 + i, 0, i, 1, null, false, content), 0);
        }
        assertThat(seen).containsExactly("full 1018");
        rule.outcome(state, new JoinOutcome(1010, -1, 0, 1, null, false, new byte[content.length + 1]), 0);
        assertThat(seen).endsWith("doubled 1010");
        assertThat(state.outcomes.stream().mapToLong(JoinOutcome::contentLength).sum())
                .isEqualTo(JoinRule.MAXIMUM_WAITING_BYTES);
    }

    @Test
    void corrects_a_closed_label_in_time_after_the_attribution_became_longer() {
        open();
        rule.advance(state, 1100);
        seen.clear();
        rule = rule(200, 20, Several.LAST, NEGATIVE);
        rule.advance(state, 1100);
        outcome(1150, 1, 1101);
        assertThat(rule.nextTime(state)).isEqualTo(1150);
        rule.advance(state, 1150);
        assertThat(seen).containsExactly("CHANGED 1.0 from 0.0 at 1150");
        assertThat(rule.nextTime(state)).isEqualTo(1210);
    }

    @Test
    void is_due_at_the_end_only_after_the_attribution_became_shorter_again() {
        open();
        rule.advance(state, 1100);
        rule = rule(200, 20, Several.LAST, NEGATIVE);
        outcome(1150, 1, 1101);
        rule = rule(20, Several.LAST, NEGATIVE);
        rule.advance(state, 1105);
        assertThat(rule.nextTime(state)).isEqualTo(1110);
    }

    private void open() {
        assertThat(rule.request(state, new JoinRequest(1000, false, new byte[] {1}), 0))
                .isEqualTo(JoinRule.Arrival.OPENED);
    }

    private void outcome(long time, double value) {
        outcome(time, value, 0);
    }

    private void outcome(long time, double value, long watermark) {
        rule.outcome(state, new JoinOutcome(time, 0, time, value, null, false, null), watermark);
    }

    private JoinRule rule(long after, Several several, MissingOutcome missing) {
        return rule(100, after, several, missing);
    }

    private JoinRule rule(long within, long after, Several several, MissingOutcome missing) {
        JoinSpec join = new JoinSpec(within, after, 10, several, missing, Delayed.RETRACT, List.of());
        return new JoinRule(join, value -> value, listener());
    }

    private JoinListener listener() {
        return new JoinListener() {
            @Override
            public void emit(JoinRequest request, JoinEmission emission) {
                seen.add(emission.stage() + " " + emission.label()
                        + (Double.isNaN(emission.previous()) ? "" : " from " + emission.previous())
                        + " at " + emission.time());
            }

            @Override
            public void unjoined(JoinOutcome outcome, Unjoined reason) {
                seen.add(reason + " " + outcome.time());
            }

            @Override
            public void doubled(JoinOutcome outcome, boolean contradicts) {
                seen.add("doubled " + outcome.time() + (contradicts ? " with another value" : ""));
            }

            @Override
            public void full(JoinOutcome outcome) {
                seen.add("full " + outcome.time());
            }

            @Override
            public void closed(JoinRequest request, double label, long delayMillis) {
                seen.add("closed " + label + " after " + delayMillis);
            }
        };
    }
}
