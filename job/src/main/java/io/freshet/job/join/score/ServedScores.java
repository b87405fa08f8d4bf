package io.freshet.job.join.score;

import io.freshet.learning.evaluation.Tally;
import io.freshet.learning.predict.AnswerScorer;
import io.freshet.learning.spec.JoinSpec;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.loop.ServedScore;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** The scores of the answers of one model: of all, and by dimension. Not thread-safe. */
final class ServedScores {
    /** With more classes, the tallies of all values would take too much memory, so there are only scores of all answers. */
    static final int MOST_OUTPUTS = 1_000;

    private final AnswerScorer scorer;
    private final ServedTally all;
    private final DimensionScores ages;
    private final DimensionScores labels;
    private final List<DimensionScores> slices;
    private final boolean hasDimensions;

    ServedScores(ModelSpec spec, JoinSpec join) {
        this(spec, join, new ServedTally(none(spec)));
    }

    private ServedScores(ModelSpec spec, JoinSpec join, ServedTally all) {
        this.all = all;
        scorer = new AnswerScorer(spec);
        Tally none = none(spec);
        ages = new DimensionScores(ServedScore.AGE, none);
        labels = new DimensionScores(ServedScore.LABEL, none);
        slices = join.slices().stream()
                .map(field -> new DimensionScores(ServedScore.dimension(field), none))
                .toList();
        hasDimensions = spec.outputs() <= MOST_OUTPUTS;
    }

    private static Tally none(ModelSpec spec) {
        return Tally.of(spec.loss().task(), spec.outputs());
    }

    /** Scores an answer against a final label; returns false if the prediction or the label is not one of the model. */
    boolean add(AnsweredPrediction answer, double label, ClosedRequest request) {
        if (!scorer.evaluate(answer.prediction(), label)) {
            return false;
        }
        all.add(scorer);
        if (hasDimensions) {
            ages.add(AgeRange.of(answer.ageMillis()), scorer);
            labels.add(answer.label(), scorer);
            IntStream.range(0, slices.size())
                    .forEach(i -> slices.get(i)
                            .add(i < request.slices().size() ? request.slices().get(i) : null, scorer));
        }
        return true;
    }

    /** Returns the answers of the window. */
    long inWindow() {
        return all.inWindow();
    }

    void endWindow() {
        all.endWindow();
        dimensions().forEach(DimensionScores::endWindow);
    }

    /** Returns the score of all answers; none before the first answer. */
    List<ServedScore> ofAll() {
        return all.samples() == 0 ? List.of() : List.of(all.score(ServedScore.ALL, ""));
    }

    /** Returns the scores of all answers, and those by dimension; none before the first answer. */
    List<ServedScore> scores() {
        List<ServedScore> scores = new ArrayList<>(ofAll());
        if (!scores.isEmpty()) {
            dimensions().forEach(dimension -> scores.addAll(dimension.scores()));
        }
        return scores;
    }

    private List<DimensionScores> dimensions() {
        List<DimensionScores> dimensions = new ArrayList<>(List.of(ages, labels));
        dimensions.addAll(slices);
        return dimensions;
    }

    void write(DataOutput out) throws IOException {
        all.write(out);
        for (DimensionScores dimension : dimensions()) {
            dimension.write(out);
        }
    }

    static ServedScores read(ModelSpec spec, JoinSpec join, DataInput in) throws IOException {
        ServedScores scores = new ServedScores(spec, join, ServedTally.read(in));
        for (DimensionScores dimension : scores.dimensions()) {
            dimension.read(in);
        }
        return scores;
    }
}
