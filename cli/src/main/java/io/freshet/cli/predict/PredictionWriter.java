package io.freshet.cli.predict;

import io.freshet.schemas.snapshot.Draft;
import java.io.Closeable;
import java.io.IOException;
import java.io.Writer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes predicted rows: the number of the row, the kept fields, the {@link PredictionColumn}s, and for a server's predictions,
 * their {@link PredictionSource}.
 */
public final class PredictionWriter implements Closeable {
    private static final String ROW = "row";
    private static final String VERSION = "version";
    private static final String AGE_SECONDS = "age_seconds";
    private static final String CONTRIBUTIONS = "contributions";

    /** Null for standard output. */
    private final @Nullable Draft draft;

    private final RowWriter out;
    private final List<String> kept;
    private final List<PredictionColumn> columns;
    private final List<String> explained;

    private PredictionWriter(
            @Nullable Draft draft,
            RowWriter out,
            List<String> kept,
            List<PredictionColumn> columns,
            List<String> explained) {
        this.draft = draft;
        this.out = out;
        this.kept = kept;
        this.columns = columns;
        this.explained = explained;
    }

    /** Opens a file of predictions with snapshots in memory. */
    public static PredictionWriter open(
            PredictionFile file, Writer standardOutput, PredictionShape shape, List<String> kept) throws IOException {
        return open(file, standardOutput, shape, kept, List.of());
    }

    /**
     * Opens a file of predictions by a server.
     *
     * @param explain whether they have contributions
     */
    public static PredictionWriter openServed(
            PredictionFile file, Writer standardOutput, PredictionShape shape, boolean explain) throws IOException {
        List<String> source = new ArrayList<>(List.of(VERSION, AGE_SECONDS));
        if (explain) {
            shape.explained().forEach(output -> source.add(contributions(output)));
        }
        return open(file, standardOutput, shape, List.of(), source);
    }

    private static String contributions(String output) {
        return output.isEmpty() ? CONTRIBUTIONS : CONTRIBUTIONS + "_" + output;
    }

    private static PredictionWriter open(
            PredictionFile file, Writer standardOutput, PredictionShape shape, List<String> kept, List<String> source)
            throws IOException {
        List<PredictionColumn> columns = file.columns(shape);
        List<String> names = new ArrayList<>(List.of(ROW));
        names.addAll(kept);
        columns.forEach(column -> names.add(column.name()));
        names.addAll(source);
        Draft draft = file.file() == null ? null : file.file().open();
        return new PredictionWriter(draft, file.open(draft, standardOutput, names), kept, columns, shape.explained());
    }

    /**
     * @param keptValues of the kept fields
     * @param source null unless a server predicted the row
     */
    public void write(long row, List<String> keptValues, float[] prediction, @Nullable PredictionSource source)
            throws IOException {
        start(row, keptValues);
        for (PredictionColumn column : columns) {
            out.value(column.name(), column.value().apply(prediction));
        }
        if (source != null) {
            write(source);
        }
        out.endRow();
    }

    private void write(PredictionSource source) throws IOException {
        out.value(VERSION, source.version());
        out.value(AGE_SECONDS, source.ageSeconds());
        for (int k = 0; k < source.contributions().size(); k++) {
            out.value(contributions(explained.get(k)), source.contributions().get(k));
        }
    }

    /** @param reason why the row has no prediction */
    public void reject(long row, List<String> keptValues, String reason) throws IOException {
        start(row, keptValues);
        out.endRejectedRow(reason);
    }

    private void start(long row, List<String> keptValues) throws IOException {
        out.value(ROW, row);
        for (int i = 0; i < kept.size(); i++) {
            out.value(kept.get(i), keptValues.get(i));
        }
    }

    /** Replaces the file by the rows written. */
    public void complete() throws IOException {
        if (draft != null) {
            out.close();
            draft.complete();
        }
    }

    /** Discards the rows of a file unless they are complete. */
    @Override
    public void close() throws IOException {
        if (draft == null) {
            out.close();
        } else {
            draft.close();
        }
    }
}
