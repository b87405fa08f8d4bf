package io.freshet.schemas.loop;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the join of one model has done since it started, and how good the answers were whose final label is known.
 *
 * @param model name of the model
 * @param specHash hash of its specification
 * @param scores all answers first, then by dimension, which most reports lack; empty before the first final label
 */
public record JoinReport(
        String model, String specHash, Window window, JoinCounts counts, JoinDelays delays, List<ServedScore> scores) {
    /** @throws IllegalArgumentException if the model has no name */
    public JoinReport {
        if (model.isEmpty()) {
            throw new IllegalArgumentException("model: , not a name");
        }
        scores = List.copyOf(scores);
    }

    /**
     * The window of final labels that the scores are of.
     *
     * @param index from 0
     * @param ended whether this is the last report of the window
     * @param emittedAt when the report was written, milliseconds since 1970, UTC
     * @param watermark event time that the join has reached, milliseconds since 1970, UTC; null before the first record
     */
    public record Window(
            long index,
            boolean ended,
            long emittedAt,
            @Nullable Long watermark) {}

    public long count(JoinCount count) {
        return counts.get(count);
    }

    /** Returns the score of all answers; null before the first final label. */
    public @Nullable ServedScore all() {
        return scores.isEmpty() || !scores.get(0).dimension().equals(ServedScore.ALL) ? null : scores.get(0);
    }

    /** Returns whether there are scores by dimension. */
    public boolean hasDimensions() {
        return scores.size() > 1;
    }

    /**
     * Returns this report with the dimensions of an earlier one if it has none: most reports have none. Scores that have started
     * again since then have no earlier dimensions.
     */
    JoinReport withDimensionsOf(JoinReport earlier) {
        if (scores.size() != 1
                || !earlier.hasDimensions()
                || !specHash.equals(earlier.specHash)
                || answers() < earlier.answers()) {
            return this;
        }
        List<ServedScore> all = new ArrayList<>(scores);
        all.addAll(earlier.scores.subList(1, earlier.scores.size()));
        return new JoinReport(model, specHash, window, counts, delays, all);
    }

    /** Returns how many answers have been scored since the scores started. */
    public long answers() {
        ServedScore all = all();
        return all == null || all.total() == null ? 0 : all.total().samples();
    }

    /** Returns this report with the score of all answers only. */
    public JoinReport withoutDimensions() {
        return new JoinReport(
                model,
                specHash,
                window,
                counts,
                delays,
                scores.stream().limit(1).toList());
    }
}
