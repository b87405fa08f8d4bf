package io.freshet.cli.dev;

import static io.freshet.cli.console.OptionValue.require;

import io.freshet.cli.feed.FeedSpecs;
import io.freshet.cli.input.RowFiles;
import io.freshet.learning.spec.ModelSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options for the files that {@code dev} feeds to its models. */
final class InputOptions {
    @Option(
            names = "--input",
            arity = "1..*",
            paramLabel = "<file>",
            description =
                    "Files of rows to feed, in the formats of feed; - for stdin. The stack runs on after the last row.")
    private List<Path> input = new ArrayList<>();

    @Option(
            names = "--input-format",
            paramLabel = "csv|libsvm|jsonl|parquet",
            description = "Format of the files (default: from the file name, or from the first line of stdin).")
    private @Nullable String inputFormat;

    @Option(names = "--rate", paramLabel = "<n>", description = "Rows of --input per second (default: unlimited).")
    private @Nullable Double rate;

    @Option(
            names = "--model",
            paramLabel = "<model>",
            description = "Send the rows of --input to this model only; may be repeated (default: all models).")
    private List<String> models = new ArrayList<>();

    @Spec(Spec.Target.MIXEE)
    @SuppressWarnings("NullAway.Init")
    private CommandSpec command;

    /**
     * Returns the arguments with which {@code feed} reads the files; none without files.
     *
     * @param specs of the models that learn the rows
     * @throws ParameterException if the rate is invalid
     * @throws io.freshet.cli.input.InputException if a file cannot be read or lacks a field of a model
     */
    List<String> feedArguments(List<ModelSpec> specs) throws IOException {
        require(command, rate == null || rate > 0, "--rate", rate, "> 0");
        List<String> arguments = new ArrayList<>();
        if (input.isEmpty()) {
            return arguments;
        }
        RowFiles files = RowFiles.of(input, inputFormat, null, "--input-");
        if (!specs.isEmpty() && !files.hasPipe()) {
            FeedSpecs.requireFields(files, named(specs), models);
        }
        input.forEach(file -> arguments.addAll(List.of("--input", file.toString())));
        models.forEach(model -> arguments.addAll(List.of("--model", model)));
        if (inputFormat != null) {
            arguments.addAll(List.of("--format", inputFormat));
        }
        // The stack runs on, so nobody reads an exit code.
        arguments.addAll(List.of("--max-rejected", "100%"));
        if (rate != null) {
            arguments.addAll(List.of("--rate", rate.toString()));
        }
        return arguments;
    }

    private List<ModelSpec> named(List<ModelSpec> specs) {
        return models.isEmpty()
                ? specs
                : specs.stream().filter(spec -> models.contains(spec.name())).toList();
    }
}
