package io.freshet.cli.train;

import io.freshet.cli.feed.FileFeed;
import io.freshet.cli.input.RowReader;
import io.freshet.cli.rejects.RejectsFile;
import io.freshet.learning.features.InvalidSampleException;
import io.freshet.learning.features.Row;
import io.freshet.learning.features.RowLayout;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** The rows that the job rejected, which are in the input only. */
record JobRejects(FileFeed feed, RejectedRows rejections) {
    void write(RejectsFile file) throws IOException {
        RowLayout layout = RowLayout.of(feed.specs());
        Row target = new Row(layout);
        try (RowReader reader = feed.files().open(layout)) {
            while (advance(reader, target)) {
                String reason = reason(reader.row());
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
            // An invalid row is in the file already.
            return true;
        }
    }

    /** Returns why the job rejected a row; with several models, names each. Null if it did not reject the row. */
    private @Nullable String reason(long row) {
        StringBuilder reasons = new StringBuilder();
        rejections.ofRow(
                row,
                (model, reason) -> reasons.append(reasons.isEmpty() ? "" : "; ")
                        .append(feed.specs().size() == 1 ? "" : model + ": ")
                        .append(reason));
        return reasons.isEmpty() ? null : reasons.toString();
    }
}
