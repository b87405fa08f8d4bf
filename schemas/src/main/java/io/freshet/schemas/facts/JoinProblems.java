package io.freshet.schemas.facts;

import io.freshet.learning.evaluation.Metrics;
import io.freshet.learning.evaluation.WorseThanConstant;
import io.freshet.schemas.loop.JoinCount;
import io.freshet.schemas.loop.LatestJoin;
import io.freshet.schemas.loop.LatestJoins;
import io.freshet.schemas.loop.ServedScore;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The rule for what is wrong with the join of a model and its answers.
 *
 * <p>Calibrated predictions have a mean loss over n answers that is near the mean they expect: its standard error is at most
 * sqrt(V / n), V being the largest variance of the loss of one answer. Predictions are reported as miscalibrated if
 *
 * <pre>
 *   served - expected > 4 * sqrt(V / n)   and   served > 1.1 * expected
 *   V = 0.44 for two classes, (ln(K - 1))^2 / 4 + 1 for K > 2
 * </pre>
 *
 * The bounds are those of the variance of -ln p under p. Pinned by {@code JoinProblemsTest}. Thread-safe.
 *
 * @see <a href="https://arxiv.org/abs/1304.0036">Reeb and Wolf, Tight bound on relative entropy by entropy difference</a>
 */
final class JoinProblems {
    /** A join is gone after six missing reports. */
    static final long GONE_MILLIS = 30_000;

    /** The share of outcomes that may be lost. */
    private static final double LOST = 0.05;

    private static final int FEWEST_OUTCOMES = 100;
    private static final int FEWEST_REQUESTS = 1_000;
    private static final int FEWEST_ANSWERS = 100;
    private static final double EXCESS = 0.1;
    private static final double LARGEST_JUMP = 1;
    private static final double STANDARD_ERRORS = 4;

    private final LatestJoins joins;

    JoinProblems(LatestJoins joins) {
        this.joins = joins;
    }

    /**
     * Returns the problems of a joined model.
     *
     * @param now milliseconds since 1970, UTC
     */
    Map<JoinProblem, Problem> of(String model, Freshness.Joined joined, long now) {
        Map<JoinProblem, Problem> problems = new EnumMap<>(JoinProblem.class);
        LatestJoin join = joins.get(model);
        if (join == null && joins.isFull()) {
            return problems;
        }
        if (join == null) {
            problems.put(
                    JoinProblem.NEVER_SEEN,
                    new Problem(Level.QUIET, "join never seen: it has not reported (expected: freshet job join runs)"));
            return problems;
        }
        if (now - join.seenAt() > GONE_MILLIS) {
            problems.put(
                    JoinProblem.GONE,
                    new Problem(
                            Level.BAD,
                            "join gone: last report " + Elapsed.ago(join.seenAt(), now)
                                    + " (expected: one every 5 s)"));
            return problems;
        }
        put(problems, JoinProblem.MISCALIBRATED, miscalibrated(join, joined.classes()));
        put(
                problems,
                JoinProblem.LATE,
                lost(join, JoinCount.LATE, "too late to be learned; join.grace keeps requests"));
        put(problems, JoinProblem.ORPHANS, lost(join, JoinCount.ORPHANS, "for no request; all answers must be logged"));
        put(problems, JoinProblem.REJECTED, rejected(join));
        put(problems, JoinProblem.WITHOUT_OUTCOMES, withoutOutcomes(join));
        String jump = jump(join, joined.reach());
        if (jump != null) {
            problems.put(JoinProblem.CORRECTIONS, new Problem(Level.QUIET, jump));
        }
        return problems;
    }

    private static void put(Map<JoinProblem, Problem> problems, JoinProblem kind, @Nullable String text) {
        if (text != null) {
            problems.put(kind, new Problem(Level.WARNING, text));
        }
    }

    private static @Nullable String miscalibrated(LatestJoin join, int classes) {
        ServedScore all = join.ended() == null ? null : join.ended().all();
        Metrics served = all == null ? null : all.window();
        Double expected = all == null ? null : all.windowExpected();
        if (classes < 2 || served == null || expected == null || served.samples() < FEWEST_ANSWERS) {
            return null;
        }
        double error = Math.sqrt(WorseThanConstant.logLossVariance(classes) / served.samples());
        boolean above = served.loss() - expected > STANDARD_ERRORS * error && served.loss() > (1 + EXCESS) * expected;
        return above
                ? format(
                        "miscalibrated: served loss %.4g of the last %,d final labels, though the predictions expect %.4g"
                                + " (expected: at most 10 %% and 4 standard errors above)",
                        served.loss(), served.samples(), expected)
                : null;
    }

    private static @Nullable String lost(LatestJoin join, JoinCount count, String why) {
        long lost = join.recent().get(count);
        long outcomes = join.recent().get(JoinCount.OUTCOMES);
        return outcomes < FEWEST_OUTCOMES || lost <= LOST * outcomes
                ? null
                : format(
                        "%s: %,d of the last %,d outcomes (expected: at most 5 %%): %s",
                        count.field(), lost, outcomes, why);
    }

    private static @Nullable String rejected(LatestJoin join) {
        long rejected = join.recent().get(JoinCount.REJECTED);
        long records =
                rejected + join.recent().get(JoinCount.REQUESTS) + join.recent().get(JoinCount.OUTCOMES);
        return records < FEWEST_OUTCOMES || rejected <= LOST * records
                ? null
                : format(
                        "rejected: %,d of the last %,d requests and outcomes (expected: at most 5 %%): the dead"
                                + " letters have the reasons",
                        rejected, records);
    }

    private static @Nullable String withoutOutcomes(LatestJoin join) {
        long expired = join.recent().get(JoinCount.EXPIRED);
        long outcomes = join.recent().get(JoinCount.OUTCOMES);
        if (expired < FEWEST_REQUESTS || join.recent().get(JoinCount.JOINED) > 0) {
            return null;
        }
        return format("no outcome for the last %,d requests that ended", expired)
                + (outcomes == 0 ? "" : format(", but %,d outcomes received: check their ids and times", outcomes));
    }

    /** An upper bound: corrections of the requests that are open now, as if none had had one yet. */
    private static @Nullable String jump(LatestJoin join, double reach) {
        long requests = join.count(JoinCount.REQUESTS);
        if (requests < FEWEST_REQUESTS) {
            return null;
        }
        double due = join.count(JoinCount.OPEN) * (double) join.count(JoinCount.CORRECTIONS) / requests;
        return due * reach <= LARGEST_JUMP
                ? null
                : format(
                        "corrections: up to %,.0f are due, each moves a logit by about %.2g (expected: at most %.0f in"
                                + " all): predictions jump if requests pause; a longer join.after or a lower rate helps",
                        due, reach, LARGEST_JUMP);
    }

    private static String format(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }
}
