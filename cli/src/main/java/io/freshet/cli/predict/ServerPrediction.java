package io.freshet.cli.predict;

import io.freshet.cli.console.CommandException;
import io.freshet.cli.console.OneLine;
import io.freshet.cli.input.RowFiles;
import io.freshet.cli.input.RowReader;
import io.freshet.cli.predict.ModelClient.Refusal;
import io.freshet.cli.predict.RemoteModel.Input;
import io.freshet.cli.predict.RemoteModel.Kind;
import io.freshet.learning.encode.SparsePairs;
import io.freshet.learning.features.InvalidSampleException;
import io.freshet.learning.features.Row;
import io.freshet.learning.features.RowLayout;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Requests predictions for one row on the command line, or for all rows of files, and writes one row for each. */
final class ServerPrediction {
    private static final int ROWS_PER_REQUEST = 256;

    private final ModelClient client;
    private final String model;
    private final RemoteModel served;
    private final PredictionFile file;
    private final boolean explain;
    private final PrintWriter standardOutput;
    private final PrintWriter err;
    private long failed;

    /** A row of the input, numbered from 1. */
    private record NumberedRow(long row, @Nullable Object[] values) {
        /** Returns whether both rows can be in one request, since their vectors have the same lengths. */
        boolean matches(NumberedRow other) {
            for (int i = 0; i < values.length; i++) {
                if (values[i] instanceof float[] vector
                        && other.values[i] instanceof float[] theirs
                        && vector.length != theirs.length) {
                    return false;
                }
            }
            return true;
        }
    }

    /**
     * Asks the server for the inputs of a model.
     *
     * @param explain whether to write the contributions of the features
     * @param standardOutput used if {@code file} is standard output
     * @param err for rejected rows and notices
     */
    ServerPrediction(
            ModelClient client,
            String model,
            PredictionFile file,
            boolean explain,
            PrintWriter standardOutput,
            PrintWriter err)
            throws CommandException {
        this.client = client;
        this.model = model;
        this.file = file;
        this.explain = explain;
        this.standardOutput = standardOutput;
        this.err = err;
        served = client.model(model);
    }

    /** Predicts one row, given as {@code NAME=VALUE ...}; returns whether it was predicted. */
    boolean row(List<String> values) throws CommandException, IOException {
        NumberedRow row = new NumberedRow(1, NamedValues.row(served.inputs(), values));
        try (PredictionWriter out = PredictionWriter.openServed(file, standardOutput, served.shape(), explain)) {
            predict(List.of(row), out);
            out.complete();
        }
        return failed == 0;
    }

    /** Predicts all rows; returns whether all were predicted. */
    boolean files(RowFiles files) throws CommandException, IOException {
        try (PredictionWriter out = PredictionWriter.openServed(file, standardOutput, served.shape(), explain)) {
            predict(files, out);
            out.complete();
        }
        return failed == 0;
    }

    private void predict(RowFiles files, PredictionWriter out) throws CommandException, IOException {
        // The pattern name* also matches a vector in a single column.
        RowLayout layout = new RowLayout(
                names(Kind.NUMBER),
                names(Kind.TEXT),
                names(Kind.VECTOR).stream().map(name -> name + "*").toList());
        Row row = new Row(layout);
        List<NumberedRow> rows = new ArrayList<>();
        try (RowReader reader = files.open(layout)) {
            if (reader.notice() != null) {
                err.println("freshet: " + reader.notice());
            }
            boolean more = true;
            while (more) {
                try {
                    more = reader.next(row);
                    if (more) {
                        NumberedRow next = new NumberedRow(reader.row(), values(layout, row));
                        if (!rows.isEmpty() && !next.matches(rows.get(0))) {
                            predict(rows, out);
                            rows.clear();
                        }
                        rows.add(next);
                    }
                } catch (InvalidSampleException e) {
                    // Predict the earlier rows first, so that the output is in row order.
                    predict(rows, out);
                    rows.clear();
                    fail(reader.row(), String.valueOf(e.getMessage()), out);
                }
                if (rows.size() == ROWS_PER_REQUEST) {
                    predict(rows, out);
                    rows.clear();
                }
            }
        }
        predict(rows, out);
    }

    private List<String> names(Kind kind) {
        return served.inputs().stream()
                .filter(field -> field.kind() == kind)
                .map(Input::name)
                .toList();
    }

    private @Nullable Object[] values(RowLayout layout, Row row) throws InvalidSampleException {
        @Nullable Object[] values = new @Nullable Object[served.inputs().size()];
        for (int i = 0; i < values.length; i++) {
            Input field = served.inputs().get(i);
            Object value = switch (field.kind()) {
                case NUMBER -> number(row, layout.number(field.name()));
                case TEXT -> text(row, layout.text(field.name()));
                case VECTOR -> vector(row, layout.vector(field.name()));
            };
            boolean isWord = field.kind() == Kind.NUMBER && value instanceof String;
            if ((value == null || isWord) && !field.optional()) {
                throw InvalidSampleException.of(
                        field.name(),
                        isWord ? row.shown(layout.number(field.name())) : "missing",
                        field.kind().expected());
            }
            values[i] = value;
        }
        return values;
    }

    /** Returns a number, or the text in its place, which the model may read as missing. */
    private static @Nullable Object number(Row row, int index) {
        if (row.isWord(index)) {
            return row.word(index);
        }
        return row.hasNumber(index) ? (Double) row.number(index) : null;
    }

    private static @Nullable String text(Row row, int index) {
        if (row.hasSparse(index)) {
            return SparsePairs.text(row, index);
        }
        return row.hasText(index) ? row.text(index) : null;
    }

    private static float @Nullable [] vector(Row row, int index) {
        return row.hasVector(index) ? Arrays.copyOf(row.vector(index), row.vectorLength(index)) : null;
    }

    /** Predicts rows in one request. If the server rejects the rows, bisects down to those that it rejects. */
    private void predict(List<NumberedRow> rows, PredictionWriter out) throws CommandException, IOException {
        if (rows.isEmpty()) {
            return;
        }
        try {
            List<ServedRow> predictions = client.predict(
                    model, served, rows.stream().map(NumberedRow::values).toList(), explain);
            for (int i = 0; i < rows.size(); i++) {
                write(rows.get(i).row(), predictions.get(i), out);
            }
        } catch (Refusal e) {
            if (rows.size() == 1) {
                fail(rows.get(0).row(), String.valueOf(e.getMessage()), out);
                return;
            }
            int half = rows.size() / 2;
            predict(rows.subList(0, half), out);
            predict(rows.subList(half, rows.size()), out);
        }
    }

    private void write(long row, ServedRow prediction, PredictionWriter out) throws IOException {
        if (prediction.error().isEmpty()) {
            out.write(row, List.of(), prediction.numbers(), prediction.source());
        } else {
            fail(row, prediction.error(), out);
        }
    }

    private void fail(long row, String message, PredictionWriter out) throws IOException {
        failed++;
        err.println("freshet: row " + row + ": " + OneLine.of(message));
        out.reject(row, List.of(), message);
    }
}
