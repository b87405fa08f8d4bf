package io.freshet.cli.predict;

import io.freshet.cli.feed.RejectReasons;
import io.freshet.cli.feed.RejectsFile;
import io.freshet.learning.predict.Scorer;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Predicts rows to their end, once. */
final class PredictionRun {
    private final FilePrediction prediction;
    private final @Nullable PredictionWriter writer;
    private final @Nullable RejectsFile rejects;
    private final Scorer scorer;
    private final RejectReasons rejected = new RejectReasons();
    private long count;
    /** Number of the first row that is not scored, and why. */
    private @Nullable String firstReason;

    PredictionRun(FilePrediction prediction, @Nullable PredictionWriter writer, @Nullable RejectsFile rejects) {
        this.prediction = prediction;
        this.writer = writer;
        this.rejects = rejects;
        scorer = new Scorer(prediction.model().spec());
    }

    FilePrediction.Result run(EncodedRows rows) throws IOException {
        try (RowsAhead ahead = new RowsAhead(rows)) {
            for (List<EncodedRow> next = ahead.next(); !next.isEmpty(); next = ahead.next()) {
                add(Predictions.of(next, scorer));
            }
        }
        return new FilePrediction.Result(
                count,
                rows.skipped(),
                rejected,
                rows.anyLabel(),
                TestResult.of(prediction.files().toString(), prediction.model().spec(), scorer, count, firstReason),
                rows.notices());
    }

    private void add(Predictions predictions) throws IOException {
        for (int i = 0; i < predictions.rows().size(); i++) {
            EncodedRow row = predictions.rows().get(i);
            String rejection = predictions.rejection(i);
            count++;
            if (rejection != null) {
                rejected.add(row.number(), rejection);
                if (rejects != null) {
                    rejects.write(row.number(), row.raw(), rejection);
                }
            }
            String reason = rejection == null ? row.reason() : rejection;
            if (reason != null && firstReason == null) {
                firstReason = "row " + row.number() + ": " + reason;
            }
            if (writer != null) {
                write(writer, row, predictions.numbers()[i], rejection);
            }
        }
    }

    private static void write(PredictionWriter writer, EncodedRow row, float[] prediction, @Nullable String rejection)
            throws IOException {
        if (rejection == null) {
            writer.write(row.number(), row.kept(), prediction, null);
        } else {
            writer.reject(row.number(), row.kept(), rejection);
        }
    }
}
