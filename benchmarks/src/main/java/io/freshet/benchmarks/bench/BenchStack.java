package io.freshet.benchmarks.bench;

import io.freshet.benchmarks.BrokerProgram;
import io.freshet.benchmarks.JavaProcess;
import io.freshet.cli.console.CommandException;
import io.freshet.cli.dev.LocalCluster;
import io.freshet.cli.dev.StackDirectory;
import io.freshet.cli.kafka.KafkaOptions;
import io.freshet.cli.kafka.TopicAdmin;
import io.freshet.cli.kafka.TopicPlan;
import io.freshet.job.source.KafkaCluster;
import io.freshet.job.source.SpecTopic;
import io.freshet.job.topology.KafkaTrainer;
import io.freshet.job.topology.StateSettings;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.kafka.Topics;
import io.freshet.schemas.sample.RecordFormat;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.apache.flink.api.common.JobID;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** A Kafka broker in a process of its own, and a Flink cluster in this one. Its files are deleted when it is closed. */
record BenchStack(StackDirectory files, JavaProcess broker, LocalCluster cluster) implements AutoCloseable {
    /** @param parallelism subtasks of each operator */
    static BenchStack start(int parallelism) throws Exception {
        StackDirectory files = StackDirectory.temporaryWithHook();
        JavaProcess broker = JavaProcess.start(
                BrokerProgram.class, files.path().resolve("kafka").toString());
        return new BenchStack(
                files, broker, LocalCluster.start(files.path(), parallelism, StateSettings.DEFAULT.flink()));
    }

    Path directory() {
        return files.path();
    }

    String bootstrapServers() {
        return broker.address();
    }

    KafkaOptions kafkaOptions() {
        return KafkaOptions.of(bootstrapServers());
    }

    /** Returns a trainer of one model on all samples of a topic. */
    KafkaTrainer trainer(Topics topics, boolean bounded, ModelSpec spec, RecordFormat format) {
        return new KafkaTrainer(
                KafkaCluster.at(bootstrapServers()),
                topics,
                OffsetsInitializer.earliest(),
                bounded,
                new SpecTopic(List.of(spec), 0),
                format);
    }

    /** Submits a job, which fails if it has to restart often. */
    JobID submit(Consumer<StreamExecutionEnvironment> graph, Duration checkpointInterval) throws Exception {
        return cluster.submit(
                env -> {
                    LocalCluster.limitRestarts(env, LocalCluster.RESTARTS);
                    graph.accept(env);
                },
                checkpointInterval);
    }

    /** Creates the topics of a deployment that do not exist. */
    void createTopics(Topics topics, int partitions) throws CommandException {
        try (TopicAdmin admin = new TopicAdmin(kafkaOptions())) {
            for (TopicPlan plan : TopicPlan.of(topics, partitions)) {
                admin.create(plan, 1);
            }
        }
    }

    /** Deletes the topics under the prefix of a deployment; not a samples topic of another prefix. */
    void deleteTopics(Topics topics) throws CommandException {
        try (TopicAdmin admin = new TopicAdmin(kafkaOptions())) {
            admin.delete(TopicPlan.of(topics, 1).stream()
                    .map(TopicPlan::name)
                    .filter(name -> name.startsWith(topics.prefix() + "."))
                    .toList());
        }
    }

    @Override
    public void close() throws Exception {
        try (files;
                broker) {
            cluster.close();
        }
    }
}
