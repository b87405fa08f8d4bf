package io.freshet.cli.history;

import static io.freshet.cli.console.OptionValue.require;

import io.freshet.cli.console.CommandException;
import io.freshet.cli.console.Output;
import io.freshet.cli.kafka.KafkaOptions;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Lists the snapshots of a model and what each learned from. */
@Command(
        name = "history",
        description = "List a model's snapshots and the samples that each has learned.",
        footer = {
            "* marks a specification that differs from the one in the line before.",
            "",
            "Examples:",
            "  freshet history delays --limit 10"
        })
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
        require(command, limit >= 1, "--limit", limit, "at least 1");
        kafka.connect().close();
        NewestSnapshots newest = new NewestSnapshots(limit);
        History.read(kafka, model, key, newest::add).requireAny();
        // Which incarnation a snapshot belongs to depends on all before it, so the history is read again.
        Incarnations incarnations = new Incarnations(newest.entries());
        History.read(kafka, model, key, incarnations::add);
        HistoryTable table = new HistoryTable(newest, incarnations);
        output.print(table.lines().stream().map(HistoryJson::of).toList(), table::toString);
        return 0;
    }
}
