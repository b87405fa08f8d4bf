package io.freshet.job;

import io.freshet.job.options.FormatOptions;
import io.freshet.job.options.StartingPoint;
import io.freshet.job.options.StateOptions;
import io.freshet.job.options.StateSettings;
import io.freshet.job.publish.FreshetVersion;
import io.freshet.job.recovery.RetainedCheckpoints;
import io.freshet.job.registry.RegistryClient;
import io.freshet.job.source.KafkaCluster;
import io.freshet.job.source.SpecTopic;
import io.freshet.job.topology.KafkaTrainer;
import io.freshet.job.topology.TrainerEnvironment;
import io.freshet.job.topology.TrainerTopology;
import io.freshet.schemas.format.RecordFormat;
import io.freshet.schemas.kafka.KafkaArguments;
import io.freshet.schemas.topic.Topics;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.core.fs.Path;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The main class, for {@code flink run} and application clusters. */
@Command(
        name = "freshet-job",
        description = "Trains models on a Kafka topic and publishes their parameters.",
        mixinStandardHelpOptions = true,
        versionProvider = FreshetJob.Version.class,
        sortOptions = false,
        showDefaultValues = true)
public final class FreshetJob implements Callable<Integer> {
    @Option(
            names = "--bootstrap-servers",
            required = true,
            defaultValue = "${env:FRESHET_BOOTSTRAP_SERVERS}",
            showDefaultValue = CommandLine.Help.Visibility.NEVER,
            description = "Kafka brokers, host:port,... (default: $FRESHET_BOOTSTRAP_SERVERS).")
    private String bootstrapServers = "";

    @Option(names = "--prefix", description = "Prefix of the topic names.")
    private String prefix = Topics.DEFAULT_PREFIX;

    @Option(names = "--samples", description = "Samples topic (default: PREFIX.samples).")
    private @Nullable String samples;

    @Option(
            names = "--start",
            paramLabel = "earliest|latest|committed|TIME",
            description = "Where to start without a checkpoint. TIME is compared with the timestamps of Kafka records:"
                    + " 2030-01-31T12:00:00Z, or 2030-01-31 for midnight UTC. The job catches up from there and continues"
                    + " live.")
    private String start = "earliest";

    @Option(names = "--bounded", description = "Stop at the current end of the samples topic.")
    private boolean bounded;

    @Option(
            names = "--checkpoint-interval",
            description = "Time between checkpoints, such as 10s or 1m, unless the cluster's configuration sets one.")
    private String checkpointInterval = "10s";

    @Option(
            names = "--resume",
            paramLabel = "DIR",
            defaultValue = "${env:FRESHET_RESUME}",
            showDefaultValue = CommandLine.Help.Visibility.NEVER,
            description =
                    "Resume from the newest intact checkpoint in DIR, this job's execution.checkpointing.dir; from"
                            + " --start if there is no checkpoint (default: $FRESHET_RESUME).")
    private @Nullable String resume;

    @Mixin
    private StateOptions state = new StateOptions();

    @Mixin
    private FormatOptions format = new FormatOptions();

    @Option(
            names = "--kafka",
            paramLabel = "KEY=VALUE",
            description = "Setting of every Kafka client; also as --kafka.KEY=VALUE.")
    private Map<String, String> kafka = new LinkedHashMap<>();

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    private final InstantSource clock;

    FreshetJob(InstantSource clock) {
        this.clock = clock;
    }

    /**
     * Runs the job; on a cluster, returns when it is submitted.
     *
     * @throws IllegalArgumentException if the arguments are invalid; details go to stderr
     * @throws Exception of Flink or Kafka, unwrapped: a cluster distinguishes failed and canceled jobs by its type
     */
    public static void main(String[] arguments) throws Exception {
        AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
        int code = new CommandLine(new FreshetJob(InstantSource.system()))
                .setExecutionExceptionHandler((e, command, result) -> {
                    failure.set(e);
                    return CommandLine.ExitCode.SOFTWARE;
                })
                .execute(expand(arguments));
        Exception e = failure.get();
        if (e != null) {
            throw e;
        }
        if (code != CommandLine.ExitCode.OK) {
            throw new IllegalArgumentException("freshet-job: not started, invalid arguments");
        }
    }

    @Override
    public Integer call() throws Exception {
        Topics topics = samples == null ? Topics.of(prefix) : new Topics(prefix, samples);
        Duration interval = interval();
        OffsetsInitializer offsets = startingOffsets();
        RecordFormat records = format.format(RegistryClient::waiting);
        StateSettings models = state.settings();
        StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment(models.flink());
        TrainerEnvironment.configure(env, interval);
        if (resume != null) {
            TrainerEnvironment.resume(env, new RetainedCheckpoints(new Path(resume)));
        }
        KafkaCluster cluster = new KafkaCluster(bootstrapServers, kafka);
        SpecTopic specs = SpecTopic.read(cluster, topics.models(), bounded);
        KafkaTrainer trainer = new KafkaTrainer(cluster, topics, offsets, bounded, specs, records);
        TrainerTopology.build(env, trainer.sources().withCacheBytes(models.cacheBytes()), trainer.sinks());
        env.execute("freshet " + topics.samples());
        return 0;
    }

    private Duration interval() {
        try {
            Duration duration = Duration.parse("PT" + checkpointInterval);
            if (duration.toMillis() >= 10) {
                return duration;
            }
        } catch (java.time.format.DateTimeParseException e) {
            // Reported below.
        }
        throw wrong("--checkpoint-interval", checkpointInterval, "at least 0.01s, such as 10s or 1m");
    }

    private OffsetsInitializer startingOffsets() {
        try {
            return StartingPoint.parse(start, clock.instant());
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), "--start: " + e.getMessage(), e);
        }
    }

    private ParameterException wrong(String option, String value, String expected) {
        return new ParameterException(spec.commandLine(), option + ": " + value + " (expected: " + expected + ")");
    }

    /**
     * Rewrites {@code --kafka.KEY=VALUE} and drops {@code -D jobmanager.memory...}, which the scripts of a cluster that runs
     * one job append to the job's own arguments.
     */
    static String[] expand(String[] arguments) {
        List<String> kept = new ArrayList<>();
        for (int i = 0; i < arguments.length; i++) {
            if (arguments[i].equals("-D")
                    && i + 1 < arguments.length
                    && arguments[i + 1].startsWith("jobmanager.memory.")) {
                i++;
            } else {
                kept.add(arguments[i]);
            }
        }
        return KafkaArguments.expand(kept.toArray(String[]::new));
    }

    static final class Version implements CommandLine.IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {"freshet-job " + FreshetVersion.VERSION};
        }
    }
}
