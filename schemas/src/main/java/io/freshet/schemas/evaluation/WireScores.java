package io.freshet.schemas.evaluation;

import io.freshet.learning.evaluation.ScorePoints;
import io.freshet.learning.evaluation.ScoreSketch;
import io.freshet.wire.Evaluation;
import java.util.List;

/** The scores of an evaluation on the wire: three arrays of the same length, or the bins of earlier versions. */
final class WireScores {
    private WireScores() {}

    static ScoreSketch read(Evaluation wire) {
        if (!wire.getHistogram().isEmpty()) {
            return ScoreSketch.of(ScorePoints.ofBins(dense(wire.getHistogram())));
        }
        int points = wire.getScores().size();
        if (wire.getNegatives().size() != points || wire.getPositives().size() != points) {
            throw new IllegalArgumentException("scores: " + points + ", not one for each of "
                    + wire.getNegatives().size() + " negatives and "
                    + wire.getPositives().size() + " positives");
        }
        int[] keys = new int[points];
        int[] counts = new int[2 * points];
        for (int i = 0; i < points; i++) {
            keys[i] = ScoreSketch.key(wire.getScores().get(i));
            counts[2 * i] = wire.getNegatives().get(i);
            counts[2 * i + 1] = wire.getPositives().get(i);
        }
        return ScoreSketch.of(ScorePoints.of(keys, counts));
    }

    private static int[] dense(List<Integer> pairs) {
        if (pairs.size() % 2 != 0) {
            throw new IllegalArgumentException("histogram: " + pairs.size() + " numbers, not pairs of bin and count");
        }
        int[] histogram = new int[ScorePoints.BIN_COUNTS];
        for (int i = 0; i < pairs.size(); i += 2) {
            int bin = pairs.get(i);
            int count = pairs.get(i + 1);
            if (bin < 0 || bin >= histogram.length) {
                throw new IllegalArgumentException("histogram: bin " + bin + " of " + histogram.length);
            }
            if (count < 0) {
                throw new IllegalArgumentException("histogram: " + count + " samples in bin " + bin);
            }
            histogram[bin] = count;
        }
        return histogram;
    }
}
