package io.freshet.cli.history;

import io.freshet.cli.console.CommandException;
import io.freshet.cli.console.Output;
import io.freshet.cli.input.InputException;
import io.freshet.learning.features.Incarnation;
import io.freshet.learning.predict.Snapshot;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.learning.yaml.Plural;
import io.freshet.schemas.snapshot.HistoryEntry;
import io.freshet.schemas.snapshot.PublishedSnapshot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Compares two versions of a model, or two snapshot files, and lists the parameters that moved most. */
@Command(
        name = "diff",
        customSynopsis = {
            "freshet diff [OPTIONS] <model> [<version1> [<version2>]]",
            "freshet diff [OPTIONS] <file1> <file2>"
        },
        description = {
            "List the parameters that moved most between two versions of a model, or two files written by train --save.",
            "With one version, compare it with the newest; with none, compare the two published last.",
            "A version that is no longer published is replayed from the samples topic."
        },
        footer = {
            "Examples:",
            "  # What the model learned between versions 41 and 42",
            "  freshet diff delays 41 42",
            "  # Two files of train --save",
            "  freshet diff monday.snapshot tuesday.snapshot"
        })
public final class DiffCommand implements Callable<Integer> {
    @Parameters(
            arity = "1..3",
            paramLabel = "<snapshot>",
            description = "A model and up to two versions, or two files.")
    private List<String> arguments = new ArrayList<>();

    @Option(names = "--key", paramLabel = "<key>", description = "Value of the key field, if the model has one.")
    private @Nullable String key;

    @Option(
            names = "--limit",
            paramLabel = "<n>",
            description = "List this many parameters, those that moved most (default: ${DEFAULT-VALUE}).")
    private int limit = 10;

    @Mixin
    private Rebuilder rebuilder = new Rebuilder();

    @Mixin
    private NameOptions names = new NameOptions();

    @Mixin
    private Output output = new Output();

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec command;

    /**
     * One side of the comparison.
     *
     * @param samples topic that has the names of hashed features, or null
     */
    private record Side(
            String name,
            ModelSpec spec,
            long version,
            Incarnation origin,
            float[] parameters,
            @Nullable String samples) {}

    @Override
    public Integer call() throws CommandException, IOException {
        if (limit < 1) {
            throw invalid("--limit: " + limit + " (expected: at least 1)");
        }
        if (arguments.size() == 2 && !isModel()) {
            print(saved(Path.of(arguments.get(0))), saved(Path.of(arguments.get(1))));
            return 0;
        }
        rebuilder.kafka().connect().close();
        List<Side> sides = arguments.size() == 1 ? newest() : selected();
        Side before = sides.get(0);
        Side after = sides.get(1);
        if (!before.origin().isSameIncarnation(after.origin())) {
            command.commandLine()
                    .getErr()
                    .println(before.name() + " and " + after.name() + " belong to different incarnations of the model");
        }
        print(before, after);
        return 0;
    }

    /** Returns the two versions published last. */
    private List<Side> newest() throws CommandException, InputException {
        NewestSnapshots newest = new NewestSnapshots(2);
        SelectedSnapshot last = new SelectedSnapshot(null, null);
        History history = History.read(rebuilder.kafka(), arguments.get(0), key, entry -> {
            newest.add(entry);
            last.add(entry);
        });
        history.require(last);
        if (newest.entries().size() < 2) {
            throw new CommandException(
                    "model " + arguments.get(0) + ": one version so far (expected: two, to compare them)");
        }
        return List.of(
                published(history, newest.entries().get(0)),
                published(history, newest.entries().get(1)));
    }

    /** Returns the versions that the arguments name. */
    private List<Side> selected() throws CommandException, InputException {
        SelectedSnapshot one = new SelectedSnapshot(version("<version1>", arguments.get(1)), null);
        Long second = arguments.size() == 2 ? null : (Long) version("<version2>", arguments.get(2));
        SelectedSnapshot other = new SelectedSnapshot(second, null);
        History history = History.read(rebuilder.kafka(), arguments.get(0), key, entry -> {
            one.add(entry);
            other.add(entry);
        });
        return List.of(published(history, history.require(one)), published(history, history.require(other)));
    }

    /** Returns whether the first of two arguments is a model, and not a file. */
    private boolean isModel() {
        if (Files.exists(Path.of(arguments.get(0)))) {
            return false;
        }
        if (arguments.get(1).chars().allMatch(Character::isDigit)) {
            return true;
        }
        throw invalid(arguments.get(0) + ": no such file (expected: <model> <version>, <model> <version1> <version2>,"
                + " or <file1> <file2>)");
    }

    private Side saved(Path file) throws InputException {
        PublishedSnapshot saved = SavedSnapshot.read(file, null, key);
        Snapshot snapshot = saved.snapshot();
        return new Side(
                file.toString(),
                snapshot.spec(),
                snapshot.version(),
                snapshot.lineage().origin(),
                snapshot.parameters(),
                rebuilder.samples().isGiven() ? rebuilder.topic(HistoryEntry.of(saved)) : null);
    }

    private Side published(History history, HistoryEntry entry) throws CommandException, InputException {
        long version = entry.version();
        float[] parameters = rebuilder.find(entry, history).parameters();
        return new Side(
                "version " + version,
                entry.spec(),
                version,
                entry.lineage().origin(),
                parameters,
                rebuilder.topic(entry));
    }

    private void print(Side before, Side after) throws CommandException, IOException {
        if (!before.spec().parameterTable().equals(after.spec().parameterTable())) {
            throw new CommandException(String.format(
                    Locale.ROOT,
                    "%s: %s, %s: %,d, in different layers (expected: the same layers)",
                    before.name(),
                    Plural.of(before.parameters().length, "parameter"),
                    after.name(),
                    after.parameters().length));
        }
        Difference difference =
                named(Difference.of(before.spec(), before.parameters(), after.parameters(), limit), after);
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("model", before.spec().name());
        json.put("key", key == null ? "" : key);
        json.put("before", before.version());
        json.put("after", after.version());
        DifferenceView.put(json, difference);
        output.print(
                json,
                () -> String.format(
                                Locale.ROOT,
                                "%s%s, %s to %s: %,d of %s moved%n%n",
                                before.spec().name(),
                                key == null ? "" : "/" + key,
                                before.name(),
                                after.name(),
                                difference.changed(),
                                Plural.of(difference.parameters(), "parameter"))
                        + (difference.changed() == 0
                                ? ""
                                : DifferenceView.parameters(difference, "BEFORE", "AFTER")
                                        + System.lineSeparator().repeat(2))
                        + DifferenceView.layers(difference));
    }

    private Difference named(Difference difference, Side side) throws CommandException, IOException {
        NameOptions.Source source = new NameOptions.Source(rebuilder.samples(), side.samples());
        IntStream indices = difference.largest().stream().mapToInt(Difference.Moved::index);
        return difference.with(names.find(side.spec(), key == null ? "" : key, indices, source));
    }

    private long version(String name, String text) {
        try {
            return Long.parseUnsignedLong(text);
        } catch (NumberFormatException e) {
            throw invalid(name + ": " + text + " (expected: a version listed by freshet history)");
        }
    }

    private ParameterException invalid(String message) {
        return new ParameterException(command.commandLine(), message);
    }
}
