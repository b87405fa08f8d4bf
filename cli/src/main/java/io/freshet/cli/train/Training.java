package io.freshet.cli.train;

import io.freshet.cli.feed.EpochPlan;
import io.freshet.cli.feed.FileFeed;
import io.freshet.cli.feed.RejectsFile;
import io.freshet.cli.input.OutputFile;
import io.freshet.cli.input.RowReader;
import io.freshet.learning.features.InvalidSampleException;
import io.freshet.learning.features.Row;
import io.freshet.learning.features.RowLayout;
import io.freshet.schemas.snapshot.PublishedSnapshot;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * One run over a file: this thread reads it, and others learn its samples meanwhile. All models learn the same samples.
 *
 * @param feed the files, and the specifications of the models, each name once
 * @param plan number of epochs, and the order of the rows
 * @param threads that learn
 * @param rejects file for the rejected rows; null for none
 */
public record Training(
        FileFeed feed,
        EpochPlan plan,
        int threads,
        @Nullable OutputFile rejects) {
    /**
     * The result for one model.
     *
     * @param report of the run
     * @param snapshots the last of each key, in the order of the keys
     */
    public record Result(TrainingReport report, SortedMap<String, PublishedSnapshot> snapshots) {}

    /**
     * The results of a run.
     *
     * @param results one for each model, in the order of the specifications
     * @param rows number of rows in the file
     */
    public record Run(List<Result> results, RejectedRows rejections, long rows) {}

    /**
     * Runs to the end.
     *
     * @param table grows while the model learns; null for none
     * @param err for the progress line and notices
     */
    public Run run(@Nullable ProgressTable table, PrintWriter err) throws Exception {
        try (RejectsFile rejectsFile = rejects == null ? null : createRejectsFile(rejects)) {
            err.println("learning " + feed.files() + " ...");
            TrainingRun run = new TrainingRun(this, table, err, rejectsFile);
            run.learn();
            if (rejectsFile != null) {
                if (run.rejections().anyByModel()) {
                    writeRejectedByModels(rejectsFile, run.rejections());
                }
                rejectsFile.complete();
            }
            return run.results();
        }
    }

    private RejectsFile createRejectsFile(OutputFile file) throws IOException {
        try (RowReader reader = feed.files().open(RowLayout.of(feed.specs()))) {
            return RejectsFile.create(file, feed.files().format(), reader);
        }
    }

    /** Writes the rows that models rejected, of which only the input has the text. The invalid rows are in the file already. */
    private void writeRejectedByModels(RejectsFile file, RejectedRows rejections) throws IOException {
        RowLayout layout = RowLayout.of(feed.specs());
        Row target = new Row(layout);
        try (RowReader reader = feed.files().open(layout)) {
            while (advance(reader, target)) {
                String reason = reason(rejections, reader.row());
                if (reason != null) {
                    file.write(reader.row(), reader.raw(), reason);
                }
            }
        }
    }

    private static boolean advance(RowReader reader, Row target) throws IOException {
        try {
            return reader.next(target);
        } catch (InvalidSampleException e) {
            return true;
        }
    }

    /** Returns why models rejected a row; with several models, names each. Null if none did. */
    private @Nullable String reason(RejectedRows rejections, long row) {
        StringBuilder reasons = new StringBuilder();
        rejections.ofRow(
                row,
                (model, reason) -> reasons.append(reasons.isEmpty() ? "" : "; ")
                        .append(feed.specs().size() == 1 ? "" : model + ": ")
                        .append(reason));
        return reasons.isEmpty() ? null : reasons.toString();
    }
}
