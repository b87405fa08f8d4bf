package io.freshet.cli.history;

import io.freshet.cli.console.CommandException;
import io.freshet.cli.console.Output;
import io.freshet.cli.input.InputException;
import io.freshet.cli.input.RowFiles;
import io.freshet.cli.input.SampleFiles;
import io.freshet.cli.kafka.KafkaOptions;
import io.freshet.learning.predict.Snapshot;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.snapshot.HistoryEntry;
import io.freshet.schemas.snapshot.PublishedSnapshot;
import java.io.IOException;
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

/** Learns a snapshot again from its samples and compares the parameters. */
@Command(
        name = "replay",
        description = {
            "Replay a version from the samples topic and compare the parameters, bit for bit.",
            "Print identical (exit code 0), or different and the parameters that differ most (1)."
        },
        footer = {"Examples:", "  # Learn version 42 again, and compare", "  freshet replay delays --version 42"})
public final class ReplayCommand implements Callable<Integer> {
    @Parameters(paramLabel = "<model>", description = "Name of the model.")
    private String model = "";

    @Option(names = "--version", paramLabel = "<version>", description = "Version to replay (default: the newest).")
    private @Nullable Long version;

    @Option(names = "--key", paramLabel = "<key>", description = "Value of the key field, if the model has one.")
    private @Nullable String key;

    @Option(
            names = "--checksum",
            paramLabel = "<checksum>",
            description = "Checksum that selects one of several snapshots of the version (default: the newest).")
    private @Nullable String checksum;

    @Mixin
    private Rebuilder rebuilder = new Rebuilder();

    @Mixin
    private SampleFiles sampleFiles = new SampleFiles();

    @Option(
            names = "--against",
            paramLabel = "<file>",
            description = "Compare with a snapshot from a file written by train --save, instead of a published one.")
    private @Nullable Path against;

    @Option(
            names = "--limit",
            paramLabel = "<n>",
            description = "List this many parameters, those that differ most (default: ${DEFAULT-VALUE}).")
    private int limit = 10;

    @Mixin
    private Output output = new Output();

    /** Not the standard help mixin, since that also defines {@code --version}. */
    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help message and exit.")
    private boolean help;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec command;

    @Override
    public Integer call() throws CommandException, IOException {
        RowFiles files = sampleFiles.files();
        PublishedSnapshot saved = against == null ? null : saved(against);
        KafkaOptions kafka = rebuilder.kafka();
        boolean isSelfContained = saved != null && files != null && hasOneSpec(saved);
        if (!isSelfContained) {
            kafka.connect().close();
        }
        SelectedSnapshot selected = new SelectedSnapshot(version, checksum);
        History history = isSelfContained ? History.empty(model, key) : History.read(kafka, model, key, selected::add);
        HistoryEntry entry = saved == null ? history.require(selected) : HistoryEntry.of(saved);
        List<ModelSpec> specs = history.specs(entry);
        Snapshot rebuilt = files == null
                ? rebuilder.rebuild(entry, specs)
                : FileRebuilder.rebuild(entry, specs, WarmStarts.read(kafka, specs), files.repeatable());
        float[] replayed = rebuilt.parameters();
        Snapshot expected = saved == null ? PublishedParameters.find(kafka, entry) : saved.snapshot();
        Difference difference = expected == null
                ? null
                : Difference.of(entry.spec(), expected.parameters(), replayed, Math.max(1, limit));
        String comparedWith =
                difference == null ? "the checksum" : against == null ? "the published parameters" : "" + against;
        ReplayReport report = new ReplayReport(
                entry, files == null ? rebuilder.topic(entry) : files.toString(), replayed, comparedWith, difference);
        output.print(report.json(), report::text);
        return report.isIdentical() ? 0 : 1;
    }

    /** Returns whether the file holds every specification of its lineage, so that the history topic is not needed. */
    private static boolean hasOneSpec(PublishedSnapshot saved) {
        return saved.snapshot().lineage().changes().stream()
                .allMatch(change -> change.specHash().equals(saved.specHash()));
    }

    private PublishedSnapshot saved(Path file) throws InputException {
        PublishedSnapshot found = SavedSnapshot.read(file, model, key);
        if (version != null && found.snapshot().version() != version) {
            throw new InputException(file + ": version " + found.snapshot().version() + " (expected: " + version + ")");
        }
        return found;
    }
}
