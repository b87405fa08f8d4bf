package io.freshet.cli.train;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.freshet.cli.console.CommandException;
import io.freshet.cli.feed.EpochPlan;
import io.freshet.cli.input.Format;
import io.freshet.cli.input.InputException;
import io.freshet.cli.input.RowReader;
import io.freshet.job.options.StateOptions;
import io.freshet.learning.features.RowLayout;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.learning.spec.TrainingSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What commands that learn a file have in common. */
final class TrainingOptions {
    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    @Option(names = "--spec", required = true, paramLabel = "S.yaml", description = "The model's specification.")
    private Path specFile = Path.of("");

    @Option(names = "--input", required = true, paramLabel = "FILE", description = "Rows to learn, gzipped or not.")
    private Path input = Path.of("");

    @Option(names = "--format", paramLabel = "csv|libsvm|jsonl", description = "By default told by the file's name.")
    private @Nullable String format;

    @Option(names = "--parallelism", description = "Subtasks of each operator (default: ${DEFAULT-VALUE}).")
    private int parallelism = 1;

    @Option(names = "--epochs", description = "How often to learn the file (default: as specified).")
    private @Nullable Integer epochs;

    @Option(names = "--report", paramLabel = "R.json", description = "Write a report as JSON.")
    private @Nullable Path report;

    @Option(names = "--output", paramLabel = "text|json", description = "How to print (default: ${DEFAULT-VALUE}).")
    private String output = "text";

    @Mixin
    private StateOptions state = new StateOptions();

    @Spec(Spec.Target.MIXEE)
    @SuppressWarnings("NullAway.Init")
    private CommandSpec command;

    /** Refuses values that cannot be. */
    void check() {
        require(parallelism >= 1 && parallelism <= 128, "--parallelism", parallelism, "from 1 to 128");
        if (epochs != null) {
            int most = TrainingSpec.MAXIMUM_EPOCHS;
            require(epochs >= 1 && epochs <= most, "--epochs", epochs, "from 1 to " + most);
        }
        state.settings();
        require(output.equals("text") || output.equals("json"), "--output", output, "text or json");
    }

    Path specFile() {
        return specFile;
    }

    Path input() {
        return input;
    }

    /** Whether to print for people; otherwise for programs. */
    boolean text() {
        return output.equals("text");
    }

    /** Returns the run; what is wrong with the whole file, or with the report's, is said before anything starts. */
    Training training(List<ModelSpec> specs) throws IOException, CommandException {
        for (ModelSpec spec : specs) {
            if (spec.stream().warmStart() != null) {
                throw new InputException(specFile + ": warmStart: "
                        + spec.stream().warmStart() + " (expected: none; a run over a file starts from nothing)");
            }
        }
        List<ModelSpec> learned = specs.stream()
                .map(spec -> epochs == null ? spec : spec.withEpochs(epochs))
                .toList();
        RowReader.check(input, format(input), RowLayout.of(learned));
        requireWritable(report);
        return new Training(
                learned, input, format(input), parallelism, EpochPlan.of(learned), state.settings(), Faults.NONE);
    }

    /** Returns how the rows of a file are written down: as an option says for all files, or as the name tells. */
    Format format(Path file) throws InputException {
        return Format.of(file, format, "--format");
    }

    /** Writes a report, if one was asked for; returns its JSON. */
    String report(Object value) throws IOException {
        String json = json(value);
        if (report != null) {
            Files.writeString(report, json + "\n");
        }
        return json;
    }

    private static String json(Object value) {
        try {
            return JSON.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("records, lists, texts and numbers are JSON", e);
        }
    }

    /** @throws InputException if a file is named and cannot be written, be it there or not */
    static void requireWritable(@Nullable Path file) throws InputException {
        if (file != null) {
            Path written = Files.exists(file) ? file : file.toAbsolutePath().getParent();
            if (Files.isDirectory(file) || written == null || !Files.isWritable(written)) {
                throw new InputException(file + ": cannot be written (expected: a file in a folder that can be)");
            }
        }
    }

    void require(boolean valid, String option, Object value, String expected) {
        if (!valid) {
            throw new ParameterException(
                    command.commandLine(), option + ": " + value + " (expected: " + expected + ")");
        }
    }
}
