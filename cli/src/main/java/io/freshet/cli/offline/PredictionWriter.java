package io.freshet.cli.offline;

import java.io.Closeable;
import java.io.IOException;
import java.io.Writer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes predicted rows: the number of the row, the kept fields, and the {@link PredictionColumn}s. */
final class PredictionWriter implements Closeable {
    private static final String ROW = "row";

    private final RowWriter out;
    private final List<String> kept;
    private final List<PredictionColumn> columns;

    private PredictionWriter(RowWriter out, List<String> kept, List<PredictionColumn> columns) {
        this.out = out;
        this.kept = kept;
        this.columns = columns;
    }

    static PredictionWriter open(PredictionFile file, Writer standardOutput, FilePrediction prediction)
            throws IOException {
        List<PredictionColumn> columns = PredictionColumn.of(prediction.model().spec());
        List<String> names = new ArrayList<>(List.of(ROW));
        names.addAll(prediction.kept());
        columns.forEach(column -> names.add(column.name()));
        return new PredictionWriter(file.open(standardOutput, names), prediction.kept(), columns);
    }

    /** @param rejection why the row has no prediction; null if it has one */
    void write(EncodedRow row, float[] prediction, @Nullable String rejection) throws IOException {
        out.name(ROW);
        out.number(row.number());
        for (int i = 0; i < kept.size(); i++) {
            out.name(kept.get(i));
            out.text(row.kept().get(i));
        }
        if (rejection != null) {
            out.endRejectedRow(rejection);
            return;
        }
        for (PredictionColumn column : columns) {
            out.name(column.name());
            column.value().write(prediction, out);
        }
        out.endRow();
    }

    @Override
    public void close() throws IOException {
        out.close();
    }
}
