package io.freshet.job.topology;

import io.freshet.job.join.JoinTopics;
import io.freshet.job.join.decode.JoinTiming;
import io.freshet.job.join.decode.RequestFormat;
import io.freshet.job.learn.LearnerResources;
import io.freshet.job.source.RegistryAddress;
import io.freshet.job.source.RegistryClient;
import io.freshet.learning.yaml.Durations;
import io.freshet.learning.yaml.SpecException;
import io.freshet.schemas.kafka.Topics;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.function.Function;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** All options of the join. Parsing them is separate from starting the job, so that other commands can check them. */
public final class JoinOptions {
    @Mixin
    private ConnectionOptions connection = new ConnectionOptions();

    @Option(
            names = "--requests",
            paramLabel = "<topic>",
            description =
                    "Topic of features in --format, each record a request; without it, requests are the answers that"
                            + " servers log.")
    private @Nullable String requests;

    @Option(
            names = "--answers",
            paramLabel = "<topic>",
            description = "Topic of answers with their fields (default: <prefix>.answers).")
    private @Nullable String answers;

    @Option(names = "--outcomes", paramLabel = "<topic>", description = "Outcomes topic (default: <prefix>.outcomes).")
    private @Nullable String outcomes;

    @Mixin
    private FormatOptions format = new FormatOptions();

    @Option(
            names = "--start",
            paramLabel = "earliest|latest|committed|<time>",
            description =
                    "Where to start in both topics without a checkpoint (default: earliest, and the join refuses to start"
                            + " if its consumer group has read before, since it would learn everything again). A time is"
                            + " compared with the timestamps of Kafka records: 2030-01-31T12:00:00Z, or 2030-01-31 for"
                            + " midnight UTC.")
    private @Nullable String start;

    @Option(
            names = "--out-of-orderness",
            paramLabel = "<duration>",
            description = "By how much event times of a partition may be out of order. Later records are late"
                    + " (default: 1s).")
    private String outOfOrderness = "1s";

    @Option(
            names = "--idle",
            paramLabel = "<duration>",
            description = "How long a partition that is read to its end still delays event time after its last record"
                    + " (default: 5s).")
    private String idle = "5s";

    @Option(
            names = "--max-ahead",
            paramLabel = "<duration>",
            description = "How far event times may be ahead of the clock. Records further ahead become dead letters"
                    + " (default: 1m).")
    private String maximumAhead = "1m";

    @Option(
            names = "--state-backend",
            paramLabel = "heap|rocksdb",
            description = "Where open ids are kept: on disk, or on the heap if they fit (default: rocksdb).")
    private String backend = "rocksdb";

    @Mixin
    private CheckpointOptions checkpoints = new CheckpointOptions();

    @Option(
            names = "--resume",
            paramLabel = "<directory>",
            defaultValue = "${env:FRESHET_JOIN_RESUME}",
            description =
                    "Resume from the newest intact checkpoint in this directory, the execution.checkpointing.dir of the"
                            + " join, which it shares with no other job; from --start if there is no checkpoint"
                            + " (default: $FRESHET_JOIN_RESUME).")
    private @Nullable String resume;

    @Spec(Spec.Target.MIXEE)
    @SuppressWarnings("NullAway.Init")
    private CommandSpec command;

    /**
     * Checks every option.
     *
     * @throws ParameterException naming the first invalid option
     */
    public void check(Instant now) {
        bootstrapServers();
        read();
        checkpointInterval();
        startingOffsets(now);
        format(RegistryClient::waiting);
        timing();
        state();
        kafka();
    }

    public String bootstrapServers() {
        return connection.bootstrapServers();
    }

    public Topics topics() {
        return connection.topics();
    }

    /**
     * Returns the topics to read.
     *
     * @throws ParameterException if one of them is written by the join, or cannot have such records
     */
    public JoinTopics read() {
        JoinTopics defaults = JoinTopics.of(topics());
        if (requests != null && answers != null) {
            throw wrong("--answers: given (expected: not beside --requests)");
        }
        String requested = requests != null ? requests : answers;
        JoinTopics read = new JoinTopics(
                requested == null ? defaults.requests() : requested, outcomes == null ? defaults.outcomes() : outcomes);
        if (topics().reserved().contains(read.requests()) || read.requests().equals(defaults.outcomes())) {
            throw requests == null
                    ? wrong("--answers: " + read.requests() + " (expected: a topic of answers only)")
                    : wrong("--requests: " + read.requests() + " (expected: a topic of requests only)");
        }
        if (topics().reserved().contains(read.outcomes())
                || read.outcomes().equals(defaults.requests())
                || read.outcomes().equals(read.requests())) {
            throw wrong("--outcomes: " + read.outcomes() + " (expected: a topic of outcomes only)");
        }
        return read;
    }

    /**
     * @param client creates the client of the schema registry, if one is needed
     * @throws ParameterException if the options contradict each other
     */
    public RequestFormat format(Function<RegistryAddress, RegistryClient> client) {
        if (requests != null) {
            return new RequestFormat.Features(format.format(client));
        }
        String given = format.given();
        if (given != null) {
            throw wrong(given + ": given (expected: with --requests; answers have a format of their own)");
        }
        return new RequestFormat.Answers();
    }

    /** @throws ParameterException if a duration is invalid */
    public JoinTiming timing() {
        return new JoinTiming(
                duration("--out-of-orderness", outOfOrderness),
                duration("--idle", idle),
                duration("--max-ahead", maximumAhead));
    }

    private Duration duration(String option, String text) {
        try {
            return Duration.ofMillis(text.equals("0") ? 0 : Durations.millis(option, text));
        } catch (SpecException e) {
            throw wrong(String.valueOf(e.getMessage()));
        }
    }

    /**
     * @param now the latest time to start from
     * @throws ParameterException if the starting point is invalid
     */
    public OffsetsInitializer startingOffsets(Instant now) {
        try {
            return start == null ? new FirstStart() : StartingPoint.parse(start, now);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(command.commandLine(), "--start: " + e.getMessage(), e);
        }
    }

    /** @throws ParameterException if the backend is unknown */
    public Configuration state() {
        if (!StateOptions.isBackend(backend)) {
            throw wrong("--state-backend: " + backend + " (expected: heap or rocksdb)");
        }
        return new StateSettings(backend, LearnerResources.DEFAULT).flink();
    }

    public Duration checkpointInterval() {
        return checkpoints.checkpointInterval();
    }

    /** Returns the checkpoint directory to resume from, or null. */
    public @Nullable String resume() {
        return resume;
    }

    /** Returns the settings of every Kafka client. */
    public Map<String, String> kafka() {
        return connection.kafka();
    }

    private ParameterException wrong(String message) {
        return new ParameterException(command.commandLine(), message);
    }
}
