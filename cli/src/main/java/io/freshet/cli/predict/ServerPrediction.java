package io.freshet.cli.predict;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.freshet.cli.console.CommandException;
import io.freshet.cli.input.RowFiles;
import io.freshet.cli.input.RowReader;
import io.freshet.cli.predict.ModelClient.Input;
import io.freshet.cli.predict.ModelClient.Kind;
import io.freshet.cli.predict.ModelClient.Refusal;
import io.freshet.learning.encode.SparsePairs;
import io.freshet.learning.features.InvalidSampleException;
import io.freshet.learning.features.Row;
import io.freshet.learning.features.RowLayout;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Requests predictions for one row on the command line, or for all rows of files, and prints one line per row. */
final class ServerPrediction {
    private static final int ROWS_PER_REQUEST = 256;

    /** The first of these outputs that the model has is printed, unless its classes have names. */
    private static final List<String> PRINTED = List.of("prediction", "score", "box", "mask", "class");

    private static final ObjectMapper JSON = new ObjectMapper();

    /** The class that pads a sequence shorter than others in the request. */
    private static final Object PADDING = -1;

    private final ModelClient client;
    private final String model;
    private final List<Input> inputs;
    private final boolean json;
    private final PrintWriter out;
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
     * @param json whether to print all outputs as JSON
     * @param err for rejected rows and notices
     */
    ServerPrediction(ModelClient client, String model, boolean json, PrintWriter out, PrintWriter err)
            throws CommandException {
        this.client = client;
        this.model = model;
        this.json = json;
        this.out = out;
        this.err = err;
        try {
            inputs = client.inputs(model);
        } catch (Refusal e) {
            throw new CommandException(String.valueOf(e.getMessage()), e);
        }
    }

    /** Predicts one row, given as {@code NAME=VALUE ...}; returns whether it was predicted. */
    boolean row(List<String> values) throws CommandException, IOException {
        predict(List.of(new NumberedRow(1, NamedValues.row(inputs, values))));
        return failed == 0;
    }

    /** Predicts all rows; returns whether all were predicted. */
    boolean files(RowFiles files) throws CommandException, IOException {
        predictFiles(files);
        return failed == 0;
    }

    private void predictFiles(RowFiles files) throws CommandException, IOException {
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
                            predict(rows);
                            rows.clear();
                        }
                        rows.add(next);
                    }
                } catch (InvalidSampleException e) {
                    // Predict the earlier rows first, so that the output is in row order.
                    predict(rows);
                    rows.clear();
                    fail(reader.row(), String.valueOf(e.getMessage()));
                }
                if (rows.size() == ROWS_PER_REQUEST) {
                    predict(rows);
                    rows.clear();
                }
            }
        }
        predict(rows);
    }

    private List<String> names(Kind kind) {
        return inputs.stream()
                .filter(field -> field.kind() == kind)
                .map(Input::name)
                .toList();
    }

    private @Nullable Object[] values(RowLayout layout, Row row) throws InvalidSampleException {
        @Nullable Object[] values = new @Nullable Object[inputs.size()];
        for (int i = 0; i < values.length; i++) {
            Input field = inputs.get(i);
            Object value = switch (field.kind()) {
                case NUMBER -> number(row, layout.number(field.name()));
                case TEXT -> text(row, layout.text(field.name()));
                case VECTOR -> vector(row, layout.vector(field.name()));
            };
            if (value == null && !field.optional()) {
                throw InvalidSampleException.of(
                        field.name(), "missing", field.kind().expected());
            }
            values[i] = value;
        }
        return values;
    }

    private static @Nullable Double number(Row row, int index) {
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

    /** Predicts rows in one request. If the server rejects it, bisects down to the rejected rows. */
    private void predict(List<NumberedRow> rows) throws CommandException, IOException {
        if (rows.isEmpty()) {
            return;
        }
        try {
            List<Map<String, List<Object>>> predictions = client.predict(
                    model, inputs, rows.stream().map(NumberedRow::values).toList());
            for (int i = 0; i < rows.size(); i++) {
                print(rows.get(i).row(), predictions.get(i));
            }
        } catch (Refusal e) {
            if (rows.size() == 1) {
                fail(rows.get(0).row(), String.valueOf(e.getMessage()));
                return;
            }
            int half = rows.size() / 2;
            predict(rows.subList(0, half));
            predict(rows.subList(half, rows.size()));
        }
    }

    private void print(long row, Map<String, List<Object>> outputs) throws CommandException, IOException {
        Object error = outputs.getOrDefault("error", List.of("")).get(0);
        if (!error.equals("")) {
            fail(row, error.toString());
            return;
        }
        List<Object> printed = printed(outputs);
        if (!json) {
            out.println(printed.stream()
                    .filter(value -> !value.equals(PADDING))
                    .map(String::valueOf)
                    .collect(Collectors.joining(" ")));
            return;
        }
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("row", row);
        outputs.forEach((name, data) -> all.put(name, data.size() == 1 ? data.get(0) : data));
        out.println(JSON.writeValueAsString(all));
    }

    private List<Object> printed(Map<String, List<Object>> outputs) throws CommandException {
        List<Object> classes = outputs.getOrDefault("class", List.of());
        if (classes.stream().anyMatch(String.class::isInstance)) {
            return classes;
        }
        for (String name : PRINTED) {
            List<Object> values = outputs.get(name);
            if (values != null) {
                return values;
            }
        }
        throw new CommandException("model " + model + ": outputs: " + outputs.keySet() + " (expected: one of "
                + String.join(", ", PRINTED) + ")");
    }

    private void fail(long row, String message) {
        failed++;
        err.println("freshet: row " + row + ": " + message);
    }
}
