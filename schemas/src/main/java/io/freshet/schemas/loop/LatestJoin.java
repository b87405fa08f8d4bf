package io.freshet.schemas.loop;

import io.freshet.learning.evaluation.Metrics;
import org.jspecify.annotations.Nullable;

/**
 * What is known about the join of one model. What is shown of a window is about the last one that ended, so that it does not start
 * from few answers again and again; until one has ended, it is about the first.
 *
 * @param newest the newest report, with the newest scores by dimension
 * @param ended the report that ended the last window, with the last scores by dimension of such a report; null if none is known
 * @param seenAt when the newest report was sent, at most when it was received, milliseconds since 1970, UTC
 * @param recent counts of the last five to ten minutes, or since the first report that is known; levels are those of now
 */
public record LatestJoin(JoinReport newest, @Nullable JoinReport ended, long seenAt, JoinCounts recent) {
    public long count(JoinCount count) {
        return newest.count(count);
    }

    /** Returns the report whose window is shown. */
    public JoinReport window() {
        return ended == null ? newest : ended;
    }

    /** Returns the mean loss of the answers of the window, in the unit of the loss; null without final labels. */
    public @Nullable Double servedLoss() {
        Metrics metrics = served();
        return metrics == null ? null : finite(metrics.loss());
    }

    /** Returns the count of answers that the served loss and the expected one are about; null without final labels. */
    public @Nullable Long servedAnswers() {
        Metrics metrics = served();
        return metrics == null ? null : (Long) metrics.samples();
    }

    private @Nullable Metrics served() {
        ServedScore all = window().all();
        return all == null ? null : all.window();
    }

    /** Returns the mean loss that the predictions of the window expect; null without final labels or probabilities. */
    public @Nullable Double expectedLoss() {
        ServedScore all = window().all();
        return all == null ? null : finite(all.windowExpected());
    }

    /** Returns how far the join is behind in event time, in milliseconds, at least 0; null before its first record. */
    public @Nullable Long watermarkMillis(long now) {
        Long watermark = newest.window().watermark();
        return watermark == null ? null : (Long) Math.max(0, now - watermark);
    }

    private static @Nullable Double finite(@Nullable Double number) {
        return number != null && Double.isFinite(number) ? number : null;
    }
}
