package io.freshet.cli.local;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.freshet.cli.input.Format;
import io.freshet.cli.input.InputException;
import io.freshet.cli.input.RowReader;
import io.freshet.cli.tools.SpecFiles;
import io.freshet.learning.features.RowLayout;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.SnapshotFile;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Trains a model on a file, through Kafka and Flink in this JVM. */
@Command(
        name = "train",
        description = "Train a model on a file, through Kafka and Flink in this JVM.",
        footer = "The rows are learned in the file's order, each predicted before it is learned; a model with a key "
                + "learns the rows of each key in their order.")
public final class TrainCommand implements Callable<Integer> {
    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    @Option(names = "--spec", required = true, paramLabel = "S.yaml", description = "The model's specification.")
    private Path specFile = Path.of("");

    @Option(names = "--input", required = true, paramLabel = "FILE", description = "Rows to learn, gzipped or not.")
    private Path input = Path.of("");

    @Option(names = "--format", paramLabel = "csv|libsvm|jsonl", description = "By default told by the file's name.")
    private @Nullable String format;

    @Option(names = "--parallelism", description = "Subtasks of each operator (default: ${DEFAULT-VALUE}).")
    private int parallelism = 1;

    @Option(names = "--epochs", description = "How often to learn the file (default: ${DEFAULT-VALUE}).")
    private int epochs = 1;

    @Option(names = "--report", paramLabel = "R.json", description = "Write a report as JSON.")
    private @Nullable Path report;

    @Option(names = "--save", paramLabel = "M.snapshot", description = "Write the parameters, as an Avro file.")
    private @Nullable Path save;

    @Option(names = "--output", paramLabel = "text|json", description = "How to print (default: ${DEFAULT-VALUE}).")
    private String output = "text";

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec command;

    @Override
    public Integer call() throws Exception {
        require(parallelism >= 1 && parallelism <= 128, "--parallelism", parallelism, "from 1 to 128");
        require(epochs >= 1, "--epochs", epochs, "at least 1");
        require(output.equals("text") || output.equals("json"), "--output", output, "text or json");
        ModelSpec spec = SpecFiles.read(List.of(specFile)).get(0);
        Format inputFormat = format == null ? Format.of(input) : Format.of(format);
        // What is wrong with the whole file is said before anything starts.
        RowReader.open(input, inputFormat, RowLayout.of(List.of(spec))).close();
        requireWritable(report);
        requireWritable(save);

        boolean text = output.equals("text");
        PrintWriter out = command.commandLine().getOut();
        PrintWriter err = command.commandLine().getErr();
        Training training = new Training(spec, input, inputFormat, parallelism, epochs);
        Training.Result result = training.run(text ? new ProgressTable(out) : null, err);
        if (report != null) {
            Files.writeString(report, JSON.writeValueAsString(result.report()) + "\n");
        }
        if (save != null) {
            SnapshotFile.write(save, result.snapshots().values());
        }
        if (text) {
            summary(out, result.report());
        } else {
            out.println(JSON.writeValueAsString(result.report()));
        }
        return 0;
    }

    private static void summary(PrintWriter out, TrainingReport report) {
        out.printf(
                Locale.ROOT,
                "learned %,d samples in %.2f s (%,d/s), %,d rejected, %,d updates, %,d parameters%n",
                report.samples(),
                report.seconds(),
                report.samplesPerSecond(),
                report.rejected(),
                report.updates(),
                report.parameterCount());
        out.println("parametersSha256 " + report.parametersSha256());
    }

    private void requireWritable(@Nullable Path file) throws InputException {
        if (file != null) {
            Path folder = file.toAbsolutePath().getParent();
            if (Files.isDirectory(file) || folder == null || !Files.isWritable(folder)) {
                throw new InputException(file + ": cannot be written (expected: a file in a folder that can be)");
            }
        }
    }

    private void require(boolean valid, String option, Object value, String expected) {
        if (!valid) {
            throw new ParameterException(
                    command.commandLine(), option + ": " + value + " (expected: " + expected + ")");
        }
    }
}
