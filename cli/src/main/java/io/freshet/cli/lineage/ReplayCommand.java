package io.freshet.cli.lineage;

import io.freshet.cli.console.CommandException;
import io.freshet.cli.console.Output;
import io.freshet.cli.input.Format;
import io.freshet.cli.input.InputException;
import io.freshet.cli.kafka.KafkaOptions;
import io.freshet.job.publish.FreshetVersion;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.history.HistoryEntry;
import io.freshet.schemas.snapshot.FloatBytes;
import io.freshet.schemas.snapshot.PublishedSnapshot;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Learns a snapshot again from its samples, and says whether the same parameters come out. */
@Command(
        name = "replay",
        description = {
            "Learns a version again from the samples topic and compares the parameters, bit for bit.",
            "Prints identical (exit code 0), or different (1) and where."
        })
public final class ReplayCommand implements Callable<Integer> {
    @Parameters(paramLabel = "MODEL", description = "Name of the model.")
    private String model = "";

    @Option(names = "--version", paramLabel = "V", description = "Version to learn again (default: the newest).")
    private @Nullable Long version;

    @Option(names = "--key", paramLabel = "KEY", description = "Value of the key field, of a model that has one.")
    private String key = "";

    @Option(
            names = "--checksum",
            paramLabel = "C",
            description = "Of several snapshots of that version, the one with this checksum (default: the newest).")
    private @Nullable String checksum;

    @Mixin
    private Rebuilder rebuilder = new Rebuilder();

    @Option(
            names = "--input",
            paramLabel = "FILE",
            description = "Learn the rows of a file in place of the topic, as train does.")
    private @Nullable Path input;

    @Option(
            names = "--input-format",
            paramLabel = "csv|libsvm|jsonl",
            description = "Format of the file (default: by its name).")
    private @Nullable String inputFormat;

    @Option(
            names = "--against",
            paramLabel = "M.snapshot",
            description = "Compare with the snapshot in a file, as train --save writes it, instead of a published one.")
    private @Nullable Path against;

    @Option(
            names = "--limit",
            paramLabel = "N",
            description = "Name the N parameters that differ most (default: ${DEFAULT-VALUE}).")
    private int limit = 10;

    @Mixin
    private Output output = new Output();

    /** Here by itself: the usual options would have a {@code --version} of their own. */
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
        Format format = input == null ? null : Format.of(input, inputFormat, "--input-format");
        PublishedSnapshot saved = against == null ? null : saved(against);
        KafkaOptions kafka = rebuilder.kafka();
        boolean alone = saved != null && input != null && isOfOneSpec(saved);
        if (!alone) {
            kafka.connect().close();
        }
        History history = alone ? History.none(model, key) : History.read(kafka, model, key);
        HistoryEntry entry = saved == null ? history.require(version, checksum) : HistoryEntry.of(saved);
        List<ModelSpec> specs = history.specs(entry);
        float[] rebuilt = input == null || format == null
                ? rebuilder.rebuild(entry, specs)
                : FileRebuilder.rebuild(entry, specs, WarmStarts.read(kafka, specs), input, format);
        float[] expected = saved == null
                ? PublishedParameters.find(kafka, entry)
                : saved.snapshot().parameters();
        boolean identical = FloatBytes.checksum(rebuilt) == entry.checksum();
        Difference difference =
                expected == null ? null : Difference.of(entry.spec(), expected, rebuilt, Math.max(1, limit));
        identical &= difference == null || difference.changed() == 0;
        print(entry, input == null ? rebuilder.topic(entry) : input.toString(), rebuilt, identical, difference);
        return identical ? 0 : 1;
    }

    /** Whether the file says all that there is to know: then nobody need be asked. */
    private static boolean isOfOneSpec(PublishedSnapshot saved) {
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

    private void print(
            HistoryEntry entry, String from, float[] rebuilt, boolean identical, @Nullable Difference difference) {
        String checksum = HistoryView.checksum(FloatBytes.checksum(rebuilt));
        String with = difference == null ? "the checksum" : against == null ? "the published parameters" : "" + against;
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("model", entry.spec().name());
        json.put("key", entry.key());
        json.put("version", entry.version());
        json.put("samples", from);
        json.put("offsets", HistoryView.offsets(entry.lineage()));
        json.put("identical", identical);
        json.put("comparedWith", with);
        json.put("checksum", checksum);
        json.put("expectedChecksum", HistoryView.checksum(entry.checksum()));
        if (difference != null && !identical) {
            DifferenceView.put(json, difference);
        }
        output.print(json, () -> {
            String first = String.format(
                    Locale.ROOT,
                    "%s%s, version %d: %s, offsets %s, learned again%n",
                    entry.spec().name(),
                    entry.key().isEmpty() ? "" : "/" + entry.key(),
                    entry.version(),
                    from,
                    HistoryView.offsets(entry.lineage()));
            return identical
                    ? first
                            + String.format(
                                    Locale.ROOT,
                                    "identical: %,d parameters, checksum %s, compared with %s",
                                    rebuilt.length,
                                    checksum,
                                    with)
                    : first + different(entry, checksum, difference);
        });
    }

    private static String different(HistoryEntry entry, String checksum, @Nullable Difference difference) {
        String made = entry.freshet().equals(FreshetVersion.VERSION)
                ? ""
                : ", made by Freshet " + entry.freshet() + ", learned again by " + FreshetVersion.VERSION;
        String line = "different: checksum " + checksum + " (expected: " + HistoryView.checksum(entry.checksum()) + ")"
                + made;
        if (difference == null) {
            return line + "; the version's parameters are not published any more, so that nothing says where";
        }
        return line
                + String.format(Locale.ROOT, ", %,d of %,d parameters%n", difference.changed(), difference.parameters())
                + DifferenceView.parameters(difference, "PUBLISHED", "REPLAYED");
    }
}
