package io.freshet.schemas.facts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.freshet.learning.evaluation.WorseThanConstant;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.loop.JoinCount;
import io.freshet.schemas.loop.JoinReport;
import io.freshet.schemas.loop.Joined;
import io.freshet.schemas.loop.LatestJoins;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Would catch a loop that is broken and looks well, and an alarm about one that is well. */
class JoinProblemsTest {
    private static final long NOW = 1_700_000_000_000L;

    private final LatestJoins joins = new LatestJoins();
    private final JoinProblems problems = new JoinProblems(joins);

    @Test
    void a_join_that_never_reported_is_a_quiet_hint() {
        assertThat(texts())
                .containsExactly("QUIET join never seen: it has not reported (expected: freshet job join runs)");
    }

    @Test
    void a_join_whose_reports_are_beyond_the_limit_has_no_known_problem() {
        JoinReport report = new Joined().at(NOW);
        for (int i = 0; !joins.isFull(); i++) {
            joins.add(
                    new JoinReport("m" + i, "", report.window(), report.counts(), report.delays(), report.scores()),
                    NOW);
        }
        assertThat(texts()).isEmpty();
    }

    @Test
    void a_join_is_gone_half_a_minute_after_its_last_report() {
        joins.add(new Joined().at(NOW - 30_000), NOW);
        assertThat(texts()).isEmpty();
        assertThat(problems.of("m", classes(2), NOW + 1).values())
                .containsExactly(new Problem(Level.BAD, "join gone: last report 30 s ago (expected: one every 5 s)"));
    }

    @Test
    void predictions_are_miscalibrated_beyond_ten_percent_and_four_standard_errors() {
        // 4 * sqrt(0.44 / 10,000) is 0.0265.
        assertThat(ofScores(10_000, 0.327, 0.3)).isEmpty();
        assertThat(ofScores(10_000, 0.331, 0.3))
                .containsExactly("WARNING miscalibrated: served loss 0.3310 of the last 10,000 final labels, though the"
                        + " predictions expect 0.3000 (expected: at most 10 % and 4 standard errors above)");
        // More than ten percent, but few answers.
        assertThat(ofScores(1_000, 0.331, 0.3)).isEmpty();
        assertThat(ofScores(99, 30, 0.3)).isEmpty();
        // Below what is expected: underconfident, which costs less than the predictions fear.
        assertThat(ofScores(10_000, 0.1, 0.3)).isEmpty();
        assertThat(ofScores(10_000, Double.POSITIVE_INFINITY, 0.3)).hasSize(1);
        assertThat(ofScores(10_000, Double.NaN, 0.3)).isEmpty();
        assertThat(ofScores(10_000, 5, null)).isEmpty();
    }

    @Test
    void a_loss_without_probabilities_is_not_compared() {
        joins.add(new Joined().scored(10_000, 5, 0.3).window(0, true).at(NOW), NOW);
        assertThat(problems.of("m", classes(0), NOW)).isEmpty();
        assertThat(problems.of("m", classes(2), NOW)).hasSize(1);
    }

    /** Would catch a problem that comes and goes with each window. */
    @Test
    void a_window_that_has_just_begun_says_nothing() {
        joins.add(new Joined().scored(10_000, 5, 0.3).window(0, false).at(NOW), NOW);
        assertThat(texts()).isEmpty();
    }

    /** The formula of the class comment, against random predictions. */
    @Test
    void no_prediction_has_a_larger_variance_of_its_loss_than_the_rule_assumes() {
        long seed = 7;
        Random random = new Random(seed);
        for (int classes : new int[] {2, 3, 10, 100}) {
            double most = 0;
            for (int i = 0; i < 20_000; i++) {
                most = Math.max(most, variance(random, classes));
            }
            assertThat(most)
                    .as("seed %d, %d classes", seed, classes)
                    .isLessThanOrEqualTo(WorseThanConstant.logLossVariance(classes));
            assertThat(most).isGreaterThan(0.5 * WorseThanConstant.logLossVariance(classes));
        }
    }

    /** Returns the variance of -ln p under p: one class is likely, and the others share the rest, more or less evenly. */
    private static double variance(Random random, int classes) {
        double rest = random.nextDouble();
        double[] p = new double[classes];
        double sum = 0;
        double spread = random.nextDouble();
        for (int i = 1; i < classes; i++) {
            p[i] = 1 - spread * random.nextDouble();
            sum += p[i];
        }
        p[0] = 1 - rest;
        double mean = 0;
        double square = 0;
        for (int i = 0; i < classes; i++) {
            double each = i == 0 ? p[0] : p[i] * rest / sum;
            double loss = -Math.log(Math.max(each, Double.MIN_NORMAL));
            mean += each * loss;
            square += each * loss * loss;
        }
        return square - mean * mean;
    }

    @Test
    void outcomes_that_are_lost_are_a_problem_above_five_percent() {
        assertThat(ofCounts(JoinCount.LATE, 50)).isEmpty();
        assertThat(ofCounts(JoinCount.LATE, 51))
                .containsExactly("WARNING late: 51 of the last 1,000 outcomes (expected: at most 5 %): too late to be"
                        + " learned; join.grace keeps requests");
        assertThat(ofCounts(JoinCount.ORPHANS, 900))
                .containsExactly(
                        "WARNING orphans: 900 of the last 1,000 outcomes (expected: at most 5 %): for no request;"
                                + " all answers must be logged");
    }

    /** They are no rejections of the trainer. */
    @Test
    void records_that_the_join_rejects_are_a_problem_above_five_percent() {
        assertThat(ofCounts(JoinCount.REJECTED, 52)).isEmpty();
        assertThat(ofCounts(JoinCount.REJECTED, 53))
                .containsExactly("WARNING rejected: 53 of the last 1,053 requests and outcomes (expected: at most 5 %):"
                        + " the dead letters have the reasons");
    }

    @Test
    void requests_that_all_end_without_an_outcome_are_a_problem() {
        joins.add(new Joined().at(NOW - 5_000), NOW);
        joins.add(new Joined().with(JoinCount.EXPIRED, 1_000).at(NOW), NOW);
        assertThat(texts()).containsExactly("WARNING no outcome for the last 1,000 requests that ended");

        joins.add(
                new Joined()
                        .with(JoinCount.EXPIRED, 1_000)
                        .with(JoinCount.OUTCOMES, 12)
                        .at(NOW),
                NOW);
        assertThat(texts())
                .containsExactly(
                        "WARNING no outcome for the last 1,000 requests that ended, but 12 outcomes received: check"
                                + " their ids and times");

        joins.add(
                new Joined()
                        .with(JoinCount.EXPIRED, 1_000)
                        .with(JoinCount.OUTCOMES, 12)
                        .with(JoinCount.JOINED, 1)
                        .at(NOW),
                NOW);
        assertThat(texts()).isEmpty();
    }

    /** Would catch a first model whose predictions are near 1 after an outage, without a word before. */
    @Test
    void many_corrections_at_a_constant_rate_are_a_quiet_hint() {
        Freshness.Joined fast = joined("{type: sgd, learningRate: 0.02}", "after: 10s");
        Joined counts = new Joined()
                .with(JoinCount.REQUESTS, 100_000)
                .with(JoinCount.CORRECTIONS, 7_600)
                .with(JoinCount.OPEN, 15_600);
        joins.add(counts.at(NOW), NOW);

        // The bias, two standardized numbers, and two categories.
        assertThat(fast.reach()).isCloseTo(0.02 * 5, within(1e-12));
        assertThat(problems.of("m", fast, NOW).values())
                .containsExactly(new Problem(
                        Level.QUIET,
                        "corrections: up to 1,186 are due, each moves a logit by about 0.10 (expected: at most 1 in"
                                + " all): predictions jump if requests pause; a longer join.after or a lower rate"
                                + " helps"));
        assertThat(problems.of("m", new Freshness.Joined(2, 1 / 1_186.0), NOW)).isEmpty();
        joins.add(counts.with(JoinCount.REQUESTS, 999).at(NOW + 1), NOW + 1);
        assertThat(problems.of("m", fast, NOW + 1)).isEmpty();
    }

    @Test
    void corrections_reach_nowhere_that_is_known_where_steps_decay_or_nothing_is_retracted() {
        assertThat(joined("normalized-adagrad", "after: 10s").reach()).isZero();
        assertThat(joined("{type: sgd, learningRate: 0.02}", "delayed: wait").reach())
                .isZero();
        assertThat(joined("{type: sgd, learningRate: 0.02}, schedule: {type: inverse, tau: 10, power: 1}", "after: 10s")
                        .reach())
                .isZero();
        assertThat(joined("{type: sgd, learningRate: 0.02}, batch: {size: 4}", "after: 10s")
                        .reach())
                .isCloseTo(0.02 * 5 / 4, within(1e-12));
    }

    private static Freshness.Joined joined(String optimizer, String join) {
        ModelSpec spec = ModelSpec.parse("{name: m, label: y, features: {numeric: [a, b], categorical: [c, d]},"
                + " loss: binary-cross-entropy, optimizer: " + optimizer + ", join: {within: 60s, " + join + "}}");
        return Objects.requireNonNull(Freshness.Spec.of(spec).joined());
    }

    private static Freshness.Joined classes(int classes) {
        return new Freshness.Joined(classes, 0);
    }

    @Test
    void a_model_without_a_join_or_without_brokers_has_none_of_these() {
        LatestEvaluations evaluations = new LatestEvaluations();
        SignsOfLife signs = new SignsOfLife();
        Problems all = new Problems(new Freshness(evaluations, signs), evaluations, signs, joins);
        Freshness.Spec joined = new Freshness.Spec(false, "hash", "y", List.of(), classes(2), null);
        joins.add(new Joined().at(NOW - 60_000), NOW);
        Condition learning = new Condition(State.LEARNING, null, null);

        assertThat(all.of("m", learning, joined, 1, NOW)).hasSize(1);
        assertThat(all.of("m", learning, new Freshness.Spec(false, "hash", "y", List.of()), 1, NOW))
                .isEmpty();
        assertThat(all.ofJoin("m", new Condition(State.BROKER_GONE, null, null), joined, NOW))
                .isEmpty();
        assertThat(all.ofJoin("m", new Condition(State.FINISHED, null, null), joined, NOW))
                .isEmpty();
    }

    private List<String> ofScores(long samples, double served, @Nullable Double expected) {
        joins.remove("m");
        joins.add(new Joined().scored(samples, served, expected).window(0, true).at(NOW), NOW);
        return texts();
    }

    private List<String> ofCounts(JoinCount count, long value) {
        joins.remove("m");
        joins.add(new Joined().with(JoinCount.OUTCOMES, 5_000).at(NOW - 5_000), NOW);
        joins.add(
                new Joined().with(JoinCount.OUTCOMES, 6_000).with(count, value).at(NOW), NOW);
        return texts();
    }

    private List<String> texts() {
        return problems.of("m", classes(2), NOW).values().stream()
                .map(problem -> problem.level() + " " + problem.text())
                .toList();
    }
}
