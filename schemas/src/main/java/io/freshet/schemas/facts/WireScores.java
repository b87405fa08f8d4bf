package io.freshet.schemas.facts;

import io.freshet.learning.evaluation.ScorePoints;
import io.freshet.learning.evaluation.ScoreSketch;
import io.freshet.wire.Evaluation;

/** The scores of an evaluation on the wire: three arrays of the same length. */
final class WireScores {
    private WireScores() {}

    static ScoreSketch read(Evaluation wire) {
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
}
