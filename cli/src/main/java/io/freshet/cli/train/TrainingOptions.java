package io.freshet.cli.train;

import static io.freshet.cli.console.OptionValue.require;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.freshet.cli.console.CommandException;
import io.freshet.cli.feed.EpochPlan;
import io.freshet.cli.feed.FileFeed;
import io.freshet.cli.feed.FirstRows;
import io.freshet.cli.feed.MissingSuggestion;
import io.freshet.cli.feed.RejectOptions;
import io.freshet.cli.feed.RejectReason;
import io.freshet.cli.input.CommandFiles;
import io.freshet.cli.input.FileFormat;
import io.freshet.cli.input.InputException;
import io.freshet.cli.input.OutputFile;
import io.freshet.cli.input.RowFiles;
import io.freshet.cli.input.SpecFiles;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.learning.spec.TrainingSpec;
import io.freshet.learning.yaml.SpecException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Options of the commands that train on a file. */
public final class TrainingOptions {
    private static final int MAXIMUM_THREADS = 128;
    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    @Option(names = "--spec", required = true, paramLabel = "<file>", description = "The model's specification.")
    private Path specFile = Path.of("");

    @Option(
            names = "--input",
            required = true,
            arity = "1..*",
            paramLabel = "<file>",
            description = "Rows to learn, optionally gzipped; - for stdin. Several files are read in the order given; a"
                    + " pattern such as 'data/*.csv' selects files in the order of their names.")
    private List<Path> input = new ArrayList<>();

    @Mixin
    private FileFormat format = new FileFormat();

    @Option(
            names = "--learner-threads",
            paramLabel = "<n>",
            description =
                    "Threads that learn: they share the keys of a model, the variants of a comparison, or the large"
                            + " batches of a network. The results have the same bits for every number (default: the cores).")
    private @Nullable Integer threads;

    @Option(names = "--epochs", paramLabel = "<n>", description = "Number of epochs (default: as specified).")
    private @Nullable Integer epochs;

    @Option(names = "--report", paramLabel = "<file>", description = "Write a report to a JSON file.")
    private @Nullable Path report;

    private @Nullable OutputFile reportFile;

    @Mixin
    private RejectOptions rejects = new RejectOptions();

    @Option(names = "--output", paramLabel = "text|json", description = "Output format (default: ${DEFAULT-VALUE}).")
    private String output = "text";

    @Spec(Spec.Target.MIXEE)
    @SuppressWarnings("NullAway.Init")
    private CommandSpec command;

    /** @throws ParameterException if a value is out of range */
    public void check() {
        if (threads != null) {
            require(
                    command,
                    threads >= 1 && threads <= MAXIMUM_THREADS,
                    "--learner-threads",
                    threads,
                    "from 1 to " + MAXIMUM_THREADS);
        }
        if (epochs != null) {
            int maximum = TrainingSpec.MAXIMUM_EPOCHS;
            require(command, epochs >= 1 && epochs <= maximum, "--epochs", epochs, "from 1 to " + maximum);
        }
        require(command, output.equals("text") || output.equals("json"), "--output", output, "text or json");
    }

    public Path specFile() {
        return specFile;
    }

    /**
     * Returns the input, which can be read more than once.
     *
     * @throws InputException if the names and patterns select no files of one format
     */
    public RowFiles input() throws InputException {
        return files(input);
    }

    /**
     * Returns the text of the specification, with the names of classes that are learned from the input.
     *
     * @param err for the notice that lists the names
     */
    public String specification(RowFiles files, PrintWriter err) throws IOException {
        LearnedLabels labels = LearnedLabels.of(SpecFiles.text(specFile), files);
        if (!labels.names().isEmpty()) {
            err.println("freshet: " + files + ": labels " + labels.text() + " (learned)");
        }
        return labels.yaml();
    }

    /** Returns files that can be read more than once. */
    RowFiles files(List<Path> given) throws InputException {
        return format.files(given).repeatable();
    }

    /** Returns whether to print text rather than JSON. */
    public boolean text() {
        return output.equals("text");
    }

    /**
     * Returns the run, which has not started.
     *
     * @param files of the command, to which those of these options are added
     * @throws InputException if the input file as a whole is invalid, or if an output cannot be written
     */
    public Training training(RowFiles rows, List<ModelSpec> specs, CommandFiles files)
            throws IOException, CommandException {
        for (ModelSpec spec : specs) {
            if (spec.stream().warmStart() != null) {
                throw new InputException(specFile + ": warmStart: "
                        + spec.stream().warmStart() + " (expected: none; training on a file starts from scratch)");
            }
        }
        requireReplicasForAll(specs);
        List<ModelSpec> trained = withEpochs(specs);
        FirstRows.check(rows, trained);
        files.reads("--spec", specFile).reads("--input", rows.files());
        reportFile = files.writesIfGiven("--report", report);
        return new Training(
                new FileFeed(rows, trained),
                EpochPlan.of(trained),
                threads == null ? Math.min(Runtime.getRuntime().availableProcessors(), MAXIMUM_THREADS) : threads,
                rejects.file(files));
    }

    private List<ModelSpec> withEpochs(List<ModelSpec> specs) throws InputException {
        try {
            return specs.stream()
                    .map(spec -> epochs == null ? spec : spec.withEpochs(epochs))
                    .toList();
        } catch (SpecException e) {
            throw new InputException("--" + e.getMessage());
        }
    }

    /** One learner cannot learn samples in order that are dealt to the partitions of replicas. */
    private void requireReplicasForAll(List<ModelSpec> specs) throws InputException {
        for (ModelSpec spec : specs) {
            if (spec.replicas() == null && specs.stream().anyMatch(other -> other.replicas() != null)) {
                throw new InputException(specFile + ": replicas: none for " + spec.name()
                        + " (expected: replicas for all or no models of a run; count: 1 is one learner)");
            }
        }
    }

    /** Prints why a trained model is worthless; returns whether it is. */
    public static boolean printProblems(PrintWriter err, String prefix, TrainingReport report) {
        List<String> problems = report.outcome().problems();
        problems.forEach(problem -> err.println("freshet: " + prefix + problem));
        return !problems.isEmpty();
    }

    /** Prints what to do about a model that diverged. */
    public static void printDivergence(PrintWriter err, String prefix, ModelSpec spec, TrainingReport report) {
        DivergenceRemedy.of(spec, report).ifPresent(remedy -> err.println("freshet: " + prefix + remedy));
    }

    /** Prints which option would have kept rows that lack a feature, if any were rejected for that. */
    public static void printSuggestion(PrintWriter err, List<ModelSpec> specs, RejectedRows rejections) {
        Stream<RejectReason> byModel = specs.stream().flatMap(spec -> rejections.by(spec.name()).stream());
        List<String> reasons = Stream.concat(rejections.invalid().stream(), byModel)
                .map(RejectReason::reason)
                .toList();
        MissingSuggestion.of(reasons, specs).ifPresent(suggestion -> err.println("  " + suggestion));
    }

    public RejectOptions rejects() {
        return rejects;
    }

    /** Writes a report, if one was asked for; returns its JSON. */
    public String report(Object value) throws IOException {
        String json = json(value);
        if (reportFile != null) {
            reportFile.write(json + "\n");
        }
        return json;
    }

    private static String json(Object value) {
        try {
            return JSON.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("records, lists, strings, and numbers can be written as JSON", e);
        }
    }
}
