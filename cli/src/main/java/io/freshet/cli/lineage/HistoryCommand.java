package io.freshet.cli.lineage;

import io.freshet.cli.console.CommandException;
import io.freshet.cli.console.Output;
import io.freshet.cli.kafka.KafkaOptions;
import io.freshet.schemas.history.HistoryEntry;
import java.util.Comparator;
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

/** Lists the snapshots of a model and what each learned from. */
@Command(
        name = "history",
        description = "List a model's snapshots and the samples that each has learned.",
        footer = "* marks a specification that differs from the one in the line before.")
public final class HistoryCommand implements Callable<Integer> {
    @Parameters(paramLabel = "<model>", description = "Name of the model.")
    private String model = "";

    @Mixin
    private KafkaOptions kafka = new KafkaOptions();

    @Mixin
    private Output output = new Output();

    @Option(names = "--key", paramLabel = "<key>", description = "Show only this key.")
    private @Nullable String key;

    @Option(
            names = "--limit",
            paramLabel = "<n>",
            description = "Show this many snapshots, the newest ones (default: ${DEFAULT-VALUE}).")
    private int limit = 20;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec command;

    @Override
    public Integer call() throws CommandException {
        if (limit < 1) {
            throw new ParameterException(command.commandLine(), "--limit: " + limit + " (expected: at least 1)");
        }
        kafka.connect().close();
        History history = History.read(kafka, model, key);
        history.requireAny();
        List<HistoryEntry> entries = history.entries().stream()
                .sorted(Comparator.comparingLong(HistoryEntry::publishedAt))
                .toList();
        HistoryTable table = new HistoryTable(entries, limit);
        output.print(table.lines().stream().map(HistoryJson::of).toList(), table::toString);
        return 0;
    }
}
