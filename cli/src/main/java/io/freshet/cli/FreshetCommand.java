package io.freshet.cli;

import io.freshet.cli.dev.DemoCommand;
import io.freshet.cli.dev.DevCommand;
import io.freshet.cli.dev.JobCommand;
import io.freshet.cli.feed.FeedCommand;
import io.freshet.cli.history.AnswerCommand;
import io.freshet.cli.history.DiffCommand;
import io.freshet.cli.history.HistoryCommand;
import io.freshet.cli.history.ReplayCommand;
import io.freshet.cli.history.WeightsCommand;
import io.freshet.cli.kafka.AclsCommand;
import io.freshet.cli.kafka.TopicsCommand;
import io.freshet.cli.models.ApplyCommand;
import io.freshet.cli.models.DeleteCommand;
import io.freshet.cli.models.DescribeCommand;
import io.freshet.cli.models.GetCommand;
import io.freshet.cli.models.StatusCommand;
import io.freshet.cli.predict.PredictCommand;
import io.freshet.cli.tail.RedriveCommand;
import io.freshet.cli.tail.TailCommand;
import io.freshet.cli.train.CompareCommand;
import io.freshet.cli.train.SizeCommand;
import io.freshet.cli.train.TrainCommand;
import io.freshet.job.topology.EnvironmentDefaults;
import io.freshet.schemas.kafka.FreshetVersion;
import io.freshet.schemas.kafka.KafkaArguments;
import io.freshet.server.ServerCommand;
import java.io.PrintWriter;
import java.util.List;
import java.util.ServiceLoader;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The root of the {@code freshet} command. Exit codes: 0 done, 1 failed, 2 wrong usage or bad input. */
@Command(
        name = "freshet",
        description = "Train models on Kafka topics and serve them while they learn.",
        mixinStandardHelpOptions = true,
        versionProvider = FreshetCommand.Version.class,
        scope = ScopeType.INHERIT,
        sortOptions = false,
        usageHelpAutoWidth = true,
        synopsisSubcommandLabel = "COMMAND",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:done", "1:failed", "2:wrong usage or bad input"},
        footerHeading = "%n",
        footer = {
            "Examples:",
            "  # Watch models learn and answer, with a page in the browser",
            "  freshet demo",
            "  # Learn and serve a model of your own, in one JVM",
            "  freshet dev --spec delays.yaml --input flights.csv"
        })
public final class FreshetCommand implements Runnable {
    /** The subcommands, in the order in which the help lists them; then come those of other modules. */
    private static final List<Class<?>> SUBCOMMANDS = List.of(
            DemoCommand.class,
            DevCommand.class,
            TrainCommand.class,
            CompareCommand.class,
            TopicsCommand.class,
            AclsCommand.class,
            ApplyCommand.class,
            GetCommand.class,
            StatusCommand.class,
            DescribeCommand.class,
            DeleteCommand.class,
            FeedCommand.class,
            RedriveCommand.class,
            HistoryCommand.class,
            ReplayCommand.class,
            DiffCommand.class,
            AnswerCommand.class,
            WeightsCommand.class,
            PredictCommand.class,
            TailCommand.class,
            SizeCommand.class,
            JobCommand.class,
            ServerCommand.class,
            CompletionCommand.class);

    static final String VERBOSE = "--verbose";

    @Option(names = VERBOSE, scope = ScopeType.INHERIT, description = "Show the stack traces of failures.")
    private boolean verbose;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    /** When output has colors. */
    enum Color {
        auto(Ansi.AUTO),
        always(Ansi.ON),
        never(Ansi.OFF);

        private final Ansi ansi;

        Color(Ansi ansi) {
            this.ansi = ansi;
        }
    }

    @Option(
            names = "--color",
            scope = ScopeType.INHERIT,
            paramLabel = "auto|always|never",
            description = "Color the output: on a terminal unless NO_COLOR is set, always, or never (default: auto).")
    private void color(Color color) {
        spec.commandLine().setColorScheme(Help.defaultColorScheme(color.ansi));
    }

    /** Runs a command and returns its exit code. */
    public static int run(PrintWriter out, PrintWriter err, String... arguments) {
        ErrorReporter reporter = new ErrorReporter();
        return commandLine(arguments)
                .setDefaultValueProvider(new EnvironmentDefaults(System.getenv()))
                .setOut(out)
                .setErr(err)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setUnmatchedOptionsAllowedAsOptionParameters(false)
                .setExecutionExceptionHandler(reporter)
                .setParameterExceptionHandler(reporter)
                .execute(KafkaArguments.expand(arguments));
    }

    /** Returns the command with all its subcommands. */
    static CommandLine commandLine() {
        CommandLine command = new CommandLine(new FreshetCommand());
        SUBCOMMANDS.forEach(command::addSubcommand);
        ServiceLoader.load(AddedCommand.class).forEach(command::addSubcommand);
        return command;
    }

    /** Returns the command with the subcommand that the arguments name, since creating all of them takes a tenth of a second. */
    private static CommandLine commandLine(String[] arguments) {
        CommandLine command = new CommandLine(new FreshetCommand());
        SUBCOMMANDS.stream()
                .filter(type -> arguments.length > 0 && type != CompletionCommand.class)
                .filter(type -> type.getAnnotation(Command.class).name().equals(arguments[0]))
                .forEach(command::addSubcommand);
        return command.getSubcommands().isEmpty() ? commandLine() : command;
    }

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(),
                "no command (expected: one of "
                        + String.join(", ", spec.subcommands().keySet()) + ")");
    }

    boolean verbose() {
        return verbose;
    }

    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {"freshet " + FreshetVersion.VERSION};
        }
    }
}
