package io.freshet.cli.dev;

import static io.freshet.cli.console.OptionValue.require;

import io.freshet.job.topology.FormatOptions;
import io.freshet.job.topology.StateSettings;
import io.freshet.schemas.kafka.Topics;
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
        footer = {
            "Ctrl-C stops everything and deletes all files.",
            "",
            "Examples:",
            "  # 5,000 flights per second, for a minute",
            "  freshet demo --rate 5000 --duration 60s",
            "  # Ask for predictions, and learn from their outcomes",
            "  freshet demo --loop"
        })
public final class DemoCommand implements Callable<Integer> {
    private static final int MAXIMUM_REPLICAS = 64;
    private static final int MAXIMUM_RATE = 1_000_000;
    private static final int MAXIMUM_LOOP_RATE = 10_000;
    private static final int DEFAULT_RATE = 1500;
    private static final int DEFAULT_LOOP_RATE = 300;
    /** Of each topic, at most: hours of the default rate. */
    private static final long TOPIC_BYTES = 256L << 20;

    /** The time of the first prediction counts from here. */
    private final long start = System.nanoTime();

    @Mixin
    private StackOptions stack = new StackOptions();

    @Option(
            names = "--rate",
            paramLabel = "<n>",
            description =
                    "Flights per second (default: " + DEFAULT_RATE + ", or " + DEFAULT_LOOP_RATE + " with --loop).")
    private @Nullable Integer rate;

    @Mixin
    private LoopOptions loop = new LoopOptions();

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
        boolean isLoop = loop.isGiven();
        int perSecond = rate(isLoop);
        int count = replicas == null ? 0 : replicas;
        require(command, !isLoop || replicas == null, "--replicas", replicas, "none beside --loop");
        require(
                command,
                replicas == null || count >= 1 && count <= MAXIMUM_REPLICAS,
                "--replicas",
                count,
                "from 1 to " + MAXIMUM_REPLICAS);
        PrintWriter out = command.commandLine().getOut();
        PrintWriter err = command.commandLine().getErr();
        LoopMoments moments = new LoopMoments(start, out, err);
        if (loop.isElsewhere()) {
            loop.fly(perSecond, duration, moments);
            return 0;
        }
        StateSettings state = stack.state();
        Integer port = stack.port();
        int free = stack.freePort("--port", port == null ? ServerOptions.DEFAULT_PORT : port);
        Program program = isLoop
                ? new LoopDemo(perSecond, !noBrowser, moments, out)
                : new Demo(perSecond, count, !noBrowser, start, out);
        try (StackDirectory directory = StackDirectory.temporary()) {
            DevSettings settings = new DevSettings(
                    directory,
                    free,
                    0,
                    new StackTopics(Topics.of(Topics.DEFAULT_PREFIX), Math.max(1, count), TOPIC_BYTES),
                    new FormatOptions(),
                    state);
            new Dev(settings, program, out, err).run(duration);
        }
        return 0;
    }

    private int rate(boolean isLoop) {
        int maximum = isLoop ? MAXIMUM_LOOP_RATE : MAXIMUM_RATE;
        int used = rate != null ? rate : isLoop ? DEFAULT_LOOP_RATE : DEFAULT_RATE;
        require(command, used >= 1 && used <= maximum, "--rate", used, "from 1 to " + maximum);
        return used;
    }
}
