package io.freshet.cli.history;

import static io.freshet.cli.console.OptionValue.require;

import io.freshet.cli.console.CommandException;
import io.freshet.cli.console.Output;
import io.freshet.cli.input.InputException;
import io.freshet.cli.kafka.SamplesTopic;
import io.freshet.cli.kafka.SnapshotSource;
import io.freshet.learning.predict.ParameterNames;
import io.freshet.learning.predict.Snapshot;
import io.freshet.schemas.snapshot.PublishedSnapshot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Lists the largest weights of a linear model by the names of their features. */
@Command(
        name = "weights",
        description = {
            "List the largest weights of a linear model, or of the linear part of a factorization machine.",
            "The names of hashed features are found in the samples topic, or in a file."
        },
        footer = {
            "WEIGHT is the change of the output per unit of the feature as the model reads it: for a standardized number, per"
                    + " standard deviation.",
            "PER UNIT is the same per unit of the field as it is in the records.",
            "SEEN counts the feature in the samples. Several names of one weight, divided by |, share its row.",
            "",
            "Examples:",
            "  # The newest snapshot of a running job",
            "  freshet weights delays --top 10",
            "  # A file of train --save, with names from the rows",
            "  freshet weights delays.snapshot --input flights.csv"
        })
public final class WeightsCommand implements Callable<Integer> {
    @Parameters(
            paramLabel = "<file>|<model>[@<version>]",
            description = "A file written by train --save, or a model with published snapshots.")
    private String from = "";

    @Option(names = "--key", paramLabel = "<key>", description = "Value of the key field, if the model has one.")
    private @Nullable String key;

    @Option(
            names = "--top",
            paramLabel = "<n>",
            description = "List this many weights of each output (default: ${DEFAULT-VALUE}).")
    private int top = 20;

    @Mixin
    private SamplesTopic samples = new SamplesTopic();

    @Mixin
    private NameOptions nameOptions = new NameOptions();

    @Mixin
    private Output output = new Output();

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec command;

    @Override
    public Integer call() throws CommandException, IOException {
        require(command, top >= 1, "--top", top, "at least 1");
        boolean isFile = Files.isRegularFile(Path.of(from));
        if (!isFile || samples.isGiven()) {
            samples.kafka().connect().close();
        }
        List<PublishedSnapshot> all = SnapshotSource.read("<model>", from, key, samples.kafka());
        PublishedSnapshot published = SavedSnapshot.select(from, all, null, key);
        Snapshot snapshot = published.snapshot();
        requireTable(snapshot);
        List<Weight> weights = Weight.largest(snapshot, top);
        String topic = isFile && !samples.isGiven() ? null : samples.name(published.topic());
        ParameterNames names = nameOptions.find(
                snapshot.spec(),
                snapshot.key(),
                weights.stream().mapToInt(Weight::index),
                new NameOptions.Source(samples, topic));
        WeightTable table = new WeightTable(snapshot, weights, names);
        output.print(table.json(), table::toString);
        return 0;
    }

    private static void requireTable(Snapshot snapshot) throws InputException {
        if (!snapshot.spec().model().isTable()) {
            throw new InputException("model " + snapshot.spec().name() + ": model.type: "
                    + snapshot.spec().model().name()
                    + " (expected: linear or factorization-machine, whose parameters are weights of features)");
        }
    }
}
