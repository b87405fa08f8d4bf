package io.freshet.cli.demo;

import static io.freshet.cli.console.OptionValue.require;

import io.freshet.cli.dev.Dev;
import io.freshet.cli.dev.DevSettings;
import io.freshet.cli.dev.Program;
import io.freshet.cli.dev.StackOptions;
import io.freshet.cli.embedded.StackDirectory;
import io.freshet.cli.embedded.StackTopics;
import io.freshet.cli.embedded.TemporaryDirectory;
import io.freshet.job.options.FormatOptions;
import io.freshet.job.options.StateSettings;
import io.freshet.schemas.topic.Topics;
import io.freshet.server.ServerOptions;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Runs everything in this JVM: a stream of flights, two models that learn from it, and a model server. */
@Command(
        name = "demo",
        description = "Train models on a stream of flights and serve them meanwhile, in one JVM, without Docker.",
        footer = "Ctrl-C stops everything and deletes all files.")
public final class DemoCommand implements Callable<Integer> {
    private static final int MAXIMUM_REPLICAS = 64;
    private static final int DEFAULT_RATE = 1500;
    private static final int DEFAULT_LOOP_RATE = 300;

    /** The time of the first prediction counts from here. */
    private final long start = System.nanoTime();

    @Mixin
    private StackOptions stack = new StackOptions();

    @Option(
            names = "--rate",
            paramLabel = "<n>",
            description = "Flights per second (default: " + DEFAULT_RATE + ", or " + DEFAULT_LOOP_RATE + " with --loop).")
    private @Nullable Integer rate;

    @Option(
            names = "--loop",
            description = "Ask about each flight when it departs, report the outcome when it lands, and learn from both.")
    private boolean loop;

    @Option(
            names = "--replicas",
            paramLabel = "<n>",
            description =
                    "Replicas that learn the model without a key together, on a samples topic with a partition for"
                            + " each (default: one learner).")
    private @Nullable Integer replicas;

    @Option(names = "--no-browser", description = "Do not open the page in a browser.")
    private boolean noBrowser;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec command;

    @Override
    public Integer call() throws Exception {
        Duration duration = stack.duration();
        int maximum = loop ? 10_000 : 1_000_000;
        require(command, rate == null || rate >= 1 && rate <= maximum, "--rate", rate, "from 1 to " + maximum);
        int count = replicas == null ? 0 : replicas;
        require(command, !loop || replicas == null, "--replicas", replicas, "none beside --loop");
        require(
                command,
                replicas == null || count >= 1 && count <= MAXIMUM_REPLICAS,
                "--replicas",
                count,
                "from 1 to " + MAXIMUM_REPLICAS);
        StateSettings state = stack.state();
        Integer port = stack.port();
        int free = stack.freePort("--port", port == null ? ServerOptions.DEFAULT_PORT : port);
        PrintWriter out = command.commandLine().getOut();
        Program program = program(count, out);
        try (StackDirectory directory = TemporaryDirectory.create()) {
            DevSettings settings = new DevSettings(
                    directory,
                    free,
                    0,
                    new StackTopics(Topics.of(Topics.DEFAULT_PREFIX), Math.max(1, count)),
                    new FormatOptions(),
                    state);
            new Dev(settings, program, out, command.commandLine().getErr()).run(duration);
        }
        return 0;
    }

    private Program program(int count, PrintWriter out) {
        if (loop) {
            return new LoopDemo(rate == null ? DEFAULT_LOOP_RATE : rate, !noBrowser, new LoopMoments(start, out), out);
        }
        return new Demo(rate == null ? DEFAULT_RATE : rate, count, !noBrowser, start, out);
    }
}
