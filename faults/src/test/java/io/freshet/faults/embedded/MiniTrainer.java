package io.freshet.faults.embedded;

import io.freshet.faults.cluster.CheckpointSettings;
import io.freshet.job.source.KafkaCluster;
import io.freshet.job.source.SpecTopic;
import io.freshet.job.topology.KafkaTrainer;
import io.freshet.job.topology.RetainedCheckpoints;
import io.freshet.job.topology.TrainerEnvironment;
import io.freshet.job.topology.TrainerTopology;
import io.freshet.schemas.kafka.Topics;
import io.freshet.schemas.sample.RecordFormat;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.flink.api.common.JobID;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.runtime.checkpoint.CheckpointStatsCounts;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** Runs the job on unbounded topics, in a Flink mini cluster. */
public final class MiniTrainer implements AutoCloseable {
    private static final Duration CHECKPOINT_INTERVAL = Duration.ofMillis(200);

    private final MiniCluster cluster;
    private final JobID job;

    private MiniTrainer(MiniCluster cluster, JobID job) {
        this.cluster = cluster;
        this.job = job;
    }

    /**
     * The configuration of a run.
     *
     * @param settings Flink settings, which override the defaults here
     * @param savepoint to start from, or ""
     */
    public record Plan(Kafka kafka, Path directory, int parallelism, Map<String, String> settings, String savepoint) {
        public Path checkpoints() {
            return directory.resolve("checkpoints");
        }

        /** Returns this plan, started from a savepoint. */
        public Plan from(String savepoint) {
            return new Plan(kafka, directory, parallelism, settings, savepoint);
        }

        /** Returns this plan with one more Flink setting. */
        public Plan with(String key, String value) {
            Map<String, String> all = new HashMap<>(settings);
            all.put(key, value);
            return new Plan(kafka, directory, parallelism, all, savepoint);
        }

        /** Returns this plan with other settings of the Kafka clients. */
        public Plan withKafka(Map<String, String> clients) {
            Kafka changed = new Kafka(kafka.bootstrapServers(), kafka.topics(), clients);
            return new Plan(changed, directory, parallelism, settings, savepoint);
        }
    }

    /**
     * A broker and the job's topics.
     *
     * @param clients Kafka client settings, which override the job's
     */
    public record Kafka(String bootstrapServers, Topics topics, Map<String, String> clients) {}

    /** Starts from the savepoint of the plan, or from scratch. */
    public static MiniTrainer start(Plan plan) throws Exception {
        return start(plan, false);
    }

    /** Starts from the newest complete checkpoint in the directory, like {@code --resume}. */
    public static MiniTrainer resume(Plan plan) throws Exception {
        return start(plan, true);
    }

    private static MiniTrainer start(Plan plan, boolean resume) throws Exception {
        Configuration configuration = configuration(plan);
        StreamExecutionEnvironment env = new StreamExecutionEnvironment(configuration);
        env.setParallelism(plan.parallelism());
        TrainerEnvironment.configure(env, CHECKPOINT_INTERVAL);
        if (resume) {
            TrainerEnvironment.resume(
                    env,
                    new RetainedCheckpoints(new org.apache.flink.core.fs.Path(
                            configuration.getString("execution.checkpointing.dir", ""))));
        }
        KafkaCluster kafka =
                new KafkaCluster(plan.kafka().bootstrapServers(), plan.kafka().clients());
        KafkaTrainer trainer = new KafkaTrainer(
                kafka,
                plan.kafka().topics(),
                OffsetsInitializer.earliest(),
                false,
                SpecTopic.read(kafka, plan.kafka().topics().models(), false),
                RecordFormat.avro());
        TrainerTopology.build(env, trainer.sources(), trainer.sinks());
        MiniCluster cluster = new MiniCluster(new MiniClusterConfiguration.Builder()
                .setConfiguration(configuration)
                .setNumTaskManagers(plan.parallelism())
                .setNumSlotsPerTaskManager(1)
                .build());
        cluster.start();
        try {
            return new MiniTrainer(
                    cluster, cluster.submitJob(env.getStreamGraph()).get().getJobID());
        } catch (Exception e) {
            cluster.close();
            throw e;
        }
    }

    private static Configuration configuration(Plan plan) {
        Configuration configuration = new Configuration();
        configuration.setString("io.tmp.dirs", plan.directory().resolve("flink").toString());
        configuration.setString("rest.address", "127.0.0.1");
        configuration.setString("rest.bind-port", "0");
        configuration.setString("taskmanager.memory.network.min", "64m");
        configuration.setString("taskmanager.memory.network.max", "64m");
        configuration.setString("taskmanager.memory.managed.size", "64m");
        CheckpointSettings.of(plan.checkpoints(), "100 ms").forEach(configuration::setString);
        if (!plan.savepoint().isEmpty()) {
            configuration.setString("execution.state-recovery.path", plan.savepoint());
        }
        plan.settings().forEach(configuration::setString);
        return configuration;
    }

    /** Takes a savepoint without stopping; returns its location. */
    public String savepoint(Path target) throws Exception {
        return cluster.triggerSavepoint(job, target.toUri().toString(), false, SavepointFormatType.CANONICAL)
                .get();
    }

    /** Stops with a savepoint; returns its location. */
    public String stopWithSavepoint(Path target) throws Exception {
        return cluster.stopWithSavepoint(job, target.toUri().toString(), false, SavepointFormatType.CANONICAL)
                .get();
    }

    /** Cancels the job as if its cluster were lost: the last checkpoints remain. */
    public void cancel() throws Exception {
        cluster.cancelJob(job).get();
        cluster.requestJobResult(job).get();
    }

    /** Returns Flink's counts of checkpoints and restores since the job started. */
    public CheckpointStatsCounts checkpoints() throws Exception {
        return cluster.getExecutionGraph(job).get().getCheckpointStatsSnapshot().getCounts();
    }

    @Override
    public void close() throws Exception {
        cluster.close();
    }
}
