package io.freshet.server.page;

import io.freshet.learning.evaluation.Metrics;
import io.freshet.schemas.loop.JoinReport;
import io.freshet.schemas.loop.ServedScore;
import org.jspecify.annotations.Nullable;

/** How good the answers of a model were whose final label is known. Not thread-safe. */
final class ScoredCurve {
    private final Curve curve;
    private String specHash = "";
    private long lastIndex = Long.MIN_VALUE;
    private long lastAnswers = -1;

    /** @param start sequence number of the first point */
    ScoredCurve(long start) {
        curve = new Curve(start);
    }

    Curve curve() {
        return curve;
    }

    /**
     * Returns whether a report continues this curve: its scores have not started from nothing. A join that lost some of the first
     * window counts as one that started.
     */
    boolean continues(JoinReport report) {
        boolean first = curve.isEmpty();
        boolean again = report.window().index() == 0 && (lastIndex > 0 || report.answers() < lastAnswers);
        return first || report.specHash().equals(specHash) && !again;
    }

    /**
     * Adds a point if there are new final labels: answers scored, and of the window if it has ended, the served and the expected
     * loss, and both since the start. After a failure, the join scores answers again, which adds no points.
     *
     * @param sequence of the point
     */
    void add(long sequence, JoinReport report) {
        ServedScore all = report.all();
        Metrics total = all == null ? null : all.total();
        if (all == null || total == null || total.samples() <= lastAnswers && !isNextWindow(report)) {
            return;
        }
        specHash = report.specHash();
        lastAnswers = total.samples();
        boolean ended = isNextWindow(report);
        if (ended) {
            lastIndex = report.window().index();
        }
        curve.add(new Point(sequence, report.window().emittedAt(), new double[] {
            lastAnswers,
            ended ? loss(all.window()) : Double.NaN,
            ended ? number(all.windowExpected()) : Double.NaN,
            loss(total),
            number(all.totalExpected())
        }));
    }

    private boolean isNextWindow(JoinReport report) {
        return report.window().ended() && report.window().index() > lastIndex;
    }

    private static double loss(@Nullable Metrics metrics) {
        return metrics == null ? Double.NaN : metrics.loss();
    }

    private static double number(@Nullable Double number) {
        return number == null ? Double.NaN : number;
    }
}
