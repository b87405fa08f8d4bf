package io.freshet.cli.train;

import static io.freshet.cli.console.OptionValue.require;

import io.freshet.cli.console.Output;
import io.freshet.cli.input.FileFormat;
import io.freshet.cli.input.RowFiles;
import io.freshet.cli.input.SpecFiles;
import io.freshet.learning.spec.ModelSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Estimates the cores and the memory that a model needs in production. */
@Command(
        name = "size",
        description = {
            "Estimate the cores and the memory that a model needs in production.",
            "Learns the first 100,000 rows of the files for some seconds, and stores copies of the models in memory, so"
                    + " the figures are those of this machine."
        },
        footer = {
            "Examples:",
            "  # A model for each of 300 airports, and 50,000 flights per second",
            "  freshet size --spec delays-by-origin.yaml --input flights.csv --keys 300 \\",
            "      --rate 50000"
        })
public final class SizeCommand implements Callable<Integer> {
    private static final long MAXIMUM_KEYS = 1_000_000_000_000L;
    private static final double MAXIMUM_RATE = 1e12;
    private static final int MAXIMUM_COPIES = 200_000;
    private static final long COPIED_BYTES = 64 << 20;

    @Option(names = "--spec", required = true, paramLabel = "<file>", description = "The model's specification.")
    private Path specFile = Path.of("");

    @Option(
            names = "--input",
            required = true,
            arity = "1..*",
            paramLabel = "<file>",
            description = "Rows like those to come, optionally gzipped; - for stdin.")
    private List<Path> input = new ArrayList<>();

    @Mixin
    private FileFormat format = new FileFormat();

    @Option(names = "--keys", paramLabel = "<n>", description = "Number of keys, if the model has one.")
    private @Nullable Long keys;

    @Option(
            names = "--rate",
            required = true,
            paramLabel = "<n>",
            description = "Samples per second, over all keys of the model.")
    private double rate;

    @Option(
            names = "--seconds",
            paramLabel = "<n>",
            description = "CPU seconds to learn for warming up, and again for measuring (default: ${DEFAULT-VALUE}).")
    private int seconds = 3;

    @Mixin
    private Output output = new Output();

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec command;

    @Override
    public Integer call() throws IOException {
        ModelSpec spec = SpecFiles.read(List.of(specFile)).get(0);
        Load load = new Load(spec, keys(spec), rate);
        require(command, rate > 0 && rate <= MAXIMUM_RATE, "--rate", rate, "more than 0, and at most 10^12");
        require(command, seconds >= 1 && seconds <= 60, "--seconds", seconds, "from 1 to 60");
        RowFiles files = format.files(input);
        SampleRecords samples = SampleRecords.read(files, spec);
        Duration time = Duration.ofSeconds(seconds);
        LearnedModels models = new LearnedModels(spec, samples.records());
        Population population = Population.of(models.learn(time), copies(spec));
        double nanos = models.nanosPerSample(population, load.keys(), time);
        ModelBytes each = ModelBytes.measure(models.learner(), population);
        SizeReport report = new SizeReport(load, files.name(), samples.bytesPerSample(), nanos, each);
        output.print(report.json(), report::text);
        return 0;
    }

    /** Returns how many models to store: enough to measure their bytes, but not more than fit into a small heap. */
    private static int copies(ModelSpec spec) {
        double numbers = (double) spec.parameterCount() * Float.BYTES;
        return (int) Math.max(1, Math.min(MAXIMUM_COPIES, COPIED_BYTES / numbers));
    }

    private long keys(ModelSpec spec) {
        if (spec.key() == null) {
            require(command, keys == null, "--keys", keys, "none, as model " + spec.name() + " has no key");
            return 1;
        }
        require(command, keys != null, "--keys", "missing", "the number of values of " + spec.key());
        require(command, keys != null && keys >= 1 && keys <= MAXIMUM_KEYS, "--keys", keys, "from 1 to 10^12");
        return keys == null ? 1 : keys;
    }
}
