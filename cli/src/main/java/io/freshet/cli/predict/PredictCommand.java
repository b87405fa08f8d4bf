package io.freshet.cli.predict;

import io.freshet.cli.console.CommandException;
import io.freshet.cli.console.FormatOptions;
import io.freshet.cli.console.Output;
import io.freshet.cli.input.InputException;
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
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Requests predictions for one row on the command line, or for all rows of a file, and prints one line per row. */
@Command(name = "predict", description = "Request predictions from a model server.")
public final class PredictCommand implements Callable<Integer> {
    private static final int ROWS_PER_REQUEST = 256;

    /** The first of these outputs that the model has is printed, unless its classes have names. */
    private static final List<String> PRINTED = List.of("prediction", "score", "box", "mask", "class");

    /** The class that pads a sequence shorter than others in the request. */
    private static final Object PADDING = -1;

    @Parameters(index = "0", paramLabel = "<model>", description = "Name of the model.")
    private String model = "";

    @Parameters(index = "1..*", paramLabel = "<input>=<value>", description = "Values of the inputs, for one row.")
    private List<String> values = new ArrayList<>();

    @Option(
            names = "--input",
            paramLabel = "<file>",
            description = "File of rows: .csv, .svm, .libsvm, .jsonl, or .ndjson, optionally with .gz; - for stdin. A"
                    + " pattern such as 'data/*.csv' selects several files; may be repeated.")
    private List<Path> input = new ArrayList<>();

    @Mixin
    private FormatOptions format = new FormatOptions();

    @Mixin
    private Output output = new Output();

    @Option(
            names = "--server",
            paramLabel = "<url>",
            description = "Address of the model server (default: ${DEFAULT-VALUE}).")
    private String server = "http://127.0.0.1:8000";

    @Option(names = "--token-file", paramLabel = "<file>", description = "File with the server's bearer token.")
    private @Nullable Path tokenFile;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec command;

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

    @Override
    public Integer call() throws CommandException, IOException {
        if (input.isEmpty() == values.isEmpty()) {
            throw new ParameterException(
                    command.commandLine(),
                    "predict: "
                            + (values.isEmpty() ? "no input" : "NAME=VALUE and --input")
                            + " (expected: either NAME=VALUE ... or --input FILE)");
        }
        ModelClient client = new ModelClient(server, token());
        List<Input> inputs;
        try {
            inputs = client.inputs(model);
        } catch (Refusal e) {
            throw new CommandException(String.valueOf(e.getMessage()), e);
        }
        if (input.isEmpty()) {
            predict(client, inputs, List.of(new NumberedRow(1, NamedValues.row(inputs, values))));
        } else {
            predictFiles(client, inputs, format.files(input));
        }
        return failed == 0 ? 0 : 1;
    }

    private void predictFiles(ModelClient client, List<Input> inputs, RowFiles files)
            throws CommandException, IOException {
        // The pattern name* also matches a vector in a single column.
        RowLayout layout = new RowLayout(
                names(inputs, Kind.NUMBER),
                names(inputs, Kind.TEXT),
                names(inputs, Kind.VECTOR).stream().map(name -> name + "*").toList());
        Row row = new Row(layout);
        List<NumberedRow> rows = new ArrayList<>();
        try (RowReader reader = files.open(layout)) {
            if (reader.notice() != null) {
                command.commandLine().getErr().println("freshet: " + reader.notice());
            }
            boolean more = true;
            while (more) {
                try {
                    more = reader.next(row);
                    if (more) {
                        NumberedRow next = new NumberedRow(reader.row(), values(inputs, layout, row));
                        if (!rows.isEmpty() && !next.matches(rows.get(0))) {
                            predict(client, inputs, rows);
                            rows.clear();
                        }
                        rows.add(next);
                    }
                } catch (InvalidSampleException e) {
                    // Predict the earlier rows first, so that the output is in row order.
                    predict(client, inputs, rows);
                    rows.clear();
                    fail(reader.row(), String.valueOf(e.getMessage()));
                }
                if (rows.size() == ROWS_PER_REQUEST) {
                    predict(client, inputs, rows);
                    rows.clear();
                }
            }
        }
        predict(client, inputs, rows);
    }

    private static List<String> names(List<Input> inputs, Kind kind) {
        return inputs.stream()
                .filter(field -> field.kind() == kind)
                .map(Input::name)
                .toList();
    }

    private static @Nullable Object[] values(List<Input> inputs, RowLayout layout, Row row)
            throws InvalidSampleException {
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
    private void predict(ModelClient client, List<Input> inputs, List<NumberedRow> rows) throws CommandException {
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
            predict(client, inputs, rows.subList(0, half));
            predict(client, inputs, rows.subList(half, rows.size()));
        }
    }

    private void print(long row, Map<String, List<Object>> outputs) throws CommandException {
        List<Object> printed = printed(outputs);
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("row", row);
        outputs.forEach((name, data) -> json.put(name, data.size() == 1 ? data.get(0) : data));
        output.print(
                json,
                () -> printed.stream()
                        .filter(value -> !value.equals(PADDING))
                        .map(String::valueOf)
                        .collect(Collectors.joining(" ")));
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
        throw new CommandException(
                server + ": outputs: " + outputs.keySet() + " (expected: one of " + String.join(", ", PRINTED) + ")");
    }

    private void fail(long row, String message) {
        failed++;
        command.commandLine().getErr().println("freshet: row " + row + ": " + message);
    }

    private @Nullable String token() throws InputException {
        if (tokenFile == null) {
            return null;
        }
        try {
            String token = Files.readString(tokenFile).strip();
            if (token.isEmpty() || token.chars().anyMatch(c -> c <= ' ' || c > '~')) {
                throw new InputException(tokenFile + ": not a token (expected: one line of printable ASCII)");
            }
            return token;
        } catch (InputException e) {
            throw e;
        } catch (NoSuchFileException e) {
            throw new InputException(tokenFile + ": no such file");
        } catch (IOException e) {
            throw new InputException(tokenFile + ": cannot be read: " + e.getMessage());
        }
    }
}
