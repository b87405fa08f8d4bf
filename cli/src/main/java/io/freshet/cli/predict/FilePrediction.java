package io.freshet.cli.predict;

import io.freshet.cli.feed.RejectReasons;
import io.freshet.cli.feed.RejectsFile;
import io.freshet.cli.input.OutputFile;
import io.freshet.cli.input.RowFiles;
import java.io.IOException;
import java.io.Writer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Predicts the rows of files with snapshots in memory, with the encoder and the bits of the server. The output has one row for
 * each row of the files that is the model's, in their order: see {@link PredictionWriter}.
 *
 * <p>Rows with a label are scored. A row that cannot be read or predicted is rejected.
 *
 * @param kept fields of the files to repeat in the output, as texts
 */
public record FilePrediction(RowFiles files, ModelSnapshots model, List<String> kept) {
    public FilePrediction {
        kept = List.copyOf(kept);
    }

    /**
     * The result of predicting files.
     *
     * @param rows number of rows that are the model's, including rejected ones
     * @param skipped number of the other rows
     * @param rejected rows without a prediction
     * @param anyLabel whether a row had a label, valid or not
     * @param test scores of the rows with a label
     * @param notices about what was detected, for people
     */
    public record Result(
            long rows, long skipped, RejectReasons rejected, boolean anyLabel, TestResult test, List<String> notices) {}

    /**
     * Predicts and scores the rows, and writes the predictions.
     *
     * @param file null to only score
     * @param standardOutput used if {@code file} is standard output; not closed
     * @param rejects file for the rejected rows; null for none
     */
    public Result run(@Nullable PredictionFile file, Writer standardOutput, @Nullable OutputFile rejects)
            throws IOException {
        try (EncodedRows rows = new EncodedRows(this, rejects != null);
                RejectsFile rejectsFile =
                        rejects == null ? null : RejectsFile.create(rejects, files.format(), rows.reader());
                PredictionWriter writer = file == null
                        ? null
                        : PredictionWriter.open(file, standardOutput, PredictionShape.of(model.spec()), kept)) {
            Result result = new PredictionRun(this, writer, rejectsFile).run(rows);
            if (writer != null) {
                writer.complete();
            }
            if (rejectsFile != null) {
                rejectsFile.complete();
            }
            return result;
        }
    }
}
