package io.freshet.cli.predict;

import io.freshet.cli.console.CommandException;
import io.freshet.cli.input.CommandFiles;
import io.freshet.cli.input.FileFormat;
import io.freshet.cli.input.RowFiles;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Predicts rows, with a snapshot in memory or by a model server. */
@Command(
        name = "predict",
        description = "Predict the rows of files with a snapshot, or request predictions from a model server.",
        footer = {
            "With --snapshot, each row of the input that the model selects gives one row of the output, in the same order:"
                    + " its number, the kept fields, and the prediction. A row that cannot be predicted has empty fields"
                    + " instead, or in JSON, the field error. The label is not needed; rows that have one are scored.",
            "From a server, the output also has the version that predicted the row, and its age in seconds.",
            "",
            "Examples:",
            "  # Predict a file without a server",
            "  freshet predict --snapshot delays.snapshot --input flights.csv",
            "  # Ask a server about one row",
            "  freshet predict delays minute_of_day=480 day_of_week=1 distance_miles=733 \\",
            "      origin=ORD destination=LGA"
        })
public final class PredictCommand implements Callable<Integer> {
    private static final String EXPLAIN = "--explain";

    @Parameters(
            index = "0",
            arity = "0..1",
            paramLabel = "<model>",
            description = "Name of the served model; with --snapshot, a file of rows, as --input.")
    private @Nullable String model;

    @Parameters(
            index = "1..*",
            paramLabel = "<input>=<value>",
            description = "Values of the inputs, for one row; with --snapshot, more files of rows.")
    private List<String> values = new ArrayList<>();

    @Option(
            names = "--input",
            paramLabel = "<file>",
            description =
                    "File of rows: .csv, .svm, .libsvm, .jsonl, or .ndjson, optionally with .gz, or .parquet; - for stdin. A"
                            + " pattern such as 'data/*.csv' selects several files; may be repeated.")
    private List<Path> input = new ArrayList<>();

    @Mixin
    private FileFormat format = new FileFormat();

    @Option(
            names = "--output",
            paramLabel = "<file>|text|csv|json",
            description =
                    "A .csv, .tsv, or .jsonl file, optionally with .gz; or on stdout, text for a table with the predicted"
                            + " class and its probability, csv, or json for JSON lines (default: text on a terminal,"
                            + " csv elsewhere).")
    private @Nullable String output;

    @Option(
            names = EXPLAIN,
            description = "From a server: also write what each feature contributes to the logit, the largest first; a"
                    + " table shows the first five.")
    private boolean explain;

    @Mixin
    private SnapshotOptions snapshot = new SnapshotOptions();

    @Mixin
    private RequestOptions server = new RequestOptions();

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec command;

    @Override
    public Integer call() throws CommandException, IOException {
        return (snapshot.isGiven() ? isPredicted() : isServed()) ? 0 : 1;
    }

    private boolean isPredicted() throws CommandException, IOException {
        requireNot("without --snapshot", RequestOptions.SERVER, RequestOptions.TOKEN_FILE, EXPLAIN);
        List<Path> files = new ArrayList<>(input);
        if (model != null) {
            files.add(Path.of(model));
        }
        values.forEach(file -> files.add(Path.of(file)));
        if (files.isEmpty()) {
            throw misuse("predict --snapshot: no input (expected: --input FILE)");
        }
        for (Path file : files) {
            if (file.toString().contains("=") && !Files.exists(file)) {
                throw misuse(file + ": no such file (expected: files; NAME=VALUE asks a server)");
            }
        }
        return snapshot.predict(format.files(files), output, out(), err());
    }

    private boolean isServed() throws CommandException, IOException {
        requireNot("with --snapshot", SnapshotOptions.KEEP, "--rejects", "--max-rejected");
        if (model == null) {
            throw misuse("predict: no model (expected: the name of a served model, or --snapshot FILE)");
        }
        if (input.isEmpty() == values.isEmpty()) {
            throw misuse("predict: " + (values.isEmpty() ? "no input" : "NAME=VALUE and --input")
                    + " (expected: either NAME=VALUE ... or --input FILE)");
        }
        RowFiles files = input.isEmpty() ? null : format.files(input);
        CommandFiles all = server.files().reads("--input", files == null ? List.of() : files.files());
        ServerPrediction prediction = new ServerPrediction(
                server.client(err()), model, PredictionFile.ofOutput(output, all), explain, out(), err());
        return files == null ? prediction.row(values) : prediction.files(files);
    }

    private void requireNot(String expected, String... options) {
        for (String option : options) {
            if (command.commandLine().getParseResult().hasMatchedOption(option)) {
                throw misuse(option + ": given (expected: only " + expected + ")");
            }
        }
    }

    private PrintWriter out() {
        return command.commandLine().getOut();
    }

    private PrintWriter err() {
        return command.commandLine().getErr();
    }

    private ParameterException misuse(String message) {
        return new ParameterException(command.commandLine(), message);
    }
}
