package io.freshet.cli.dev;

import io.freshet.cli.console.CommandException;
import io.freshet.cli.kafka.TopicFormats;
import io.freshet.job.join.JoinTopics;
import io.freshet.job.join.decode.JoinTiming;
import io.freshet.job.join.decode.RequestFormat;
import io.freshet.job.source.KafkaCluster;
import io.freshet.job.source.RecordedFormat;
import io.freshet.job.source.RegistryClient;
import io.freshet.job.source.SpecTopic;
import io.freshet.job.topology.FormatOptions;
import io.freshet.job.topology.JoinSinks;
import io.freshet.job.topology.JoinSources;
import io.freshet.job.topology.JoinTopology;
import io.freshet.job.topology.KafkaJoin;
import io.freshet.job.topology.KafkaTrainer;
import io.freshet.job.topology.RetainedCheckpoints;
import io.freshet.job.topology.StateSettings;
import io.freshet.job.topology.TrainerEnvironment;
import io.freshet.job.topology.TrainerTopology;
import io.freshet.schemas.kafka.Topics;
import io.freshet.schemas.sample.RecordFields;
import io.freshet.schemas.sample.RecordFormat;
import io.freshet.schemas.snapshot.TopicFormat;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Consumer;
import org.apache.flink.api.common.JobID;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.core.fs.Path;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * Starts the jobs of a stack. Each starts from the newest intact checkpoint that it has in its folder of the stack's directory, or
 * else from the earliest records.
 *
 * @param format of the samples topic; options that were not given are those that an earlier run has recorded
 */
public record DevJobs(LocalStack stack, FormatOptions format) {
    private static final Duration TRAINER_CHECKPOINTS = Duration.ofSeconds(5);
    /** Samples become visible with the checkpoints of the join, so they are frequent. */
    private static final Duration JOIN_CHECKPOINTS = Duration.ofSeconds(1);

    /** Starts the job that learns the samples. */
    public JobID startTrainer(StateSettings state) throws Exception {
        KafkaCluster kafka = kafka();
        Topics topics = stack.topics();
        RecordFormat records = records();
        SpecTopic specs = SpecTopic.read(kafka, topics.models(), false);
        RecordedFormat.write(kafka, topics, recorded(records), Instant.now());
        KafkaTrainer trainer = new KafkaTrainer(kafka, topics, OffsetsInitializer.earliest(), false, specs, records);
        return submit(
                LocalCluster.CHECKPOINTS,
                TRAINER_CHECKPOINTS,
                env -> TrainerTopology.build(env, trainer.sources().withResources(state.learners()), trainer.sinks()));
    }

    /** Starts the job that joins the answers of the server with outcomes, to the samples topic. */
    JobID startJoin() throws Exception {
        KafkaCluster kafka = kafka();
        Topics topics = stack.topics();
        SpecTopic specs = SpecTopic.read(kafka, topics.models(), false);
        KafkaJoin join = new KafkaJoin(kafka, topics, JoinTopics.of(topics), OffsetsInitializer.earliest(), specs);
        JoinSources sources = join.sources(new RequestFormat.Answers(), JoinTiming.DEFAULT);
        JoinSinks sinks = join.sinks();
        return submit("join-checkpoints", JOIN_CHECKPOINTS, env -> JoinTopology.build(env, sources, sinks));
    }

    /** Returns the name of the format in which the trainer will read the samples: as given, or as an earlier run recorded it. */
    String formatName() throws CommandException {
        return recorded(records()).format();
    }

    private RecordFormat records() throws CommandException {
        TopicFormat known = TopicFormats.find(stack.kafkaOptions(), stack.topics());
        return format.format(RegistryClient::waiting, known);
    }

    /** Returns the format to record, with the schemas that were recorded before. */
    private TopicFormat recorded(RecordFormat records) {
        String topic = stack.topics().samples();
        return records instanceof RecordFormat.Avro avro
                ? new TopicFormat(topic, FormatOptions.AVRO, null, RecordFields.NONE, avro.writerSchemas())
                : format.recorded(topic);
    }

    private KafkaCluster kafka() {
        return KafkaCluster.at(stack.bootstrapServers());
    }

    /** Submits a job; returns once the cluster has accepted it. */
    private JobID submit(String checkpoints, Duration interval, Consumer<StreamExecutionEnvironment> graph)
            throws Exception {
        URI folder = stack.directory().resolve(checkpoints).toUri();
        return stack.cluster()
                .submit(
                        env -> {
                            LocalCluster.limitRestarts(env, LocalCluster.RESTARTS);
                            resume(env, folder);
                            graph.accept(env);
                        },
                        interval);
    }

    private static void resume(StreamExecutionEnvironment env, URI folder) {
        Configuration own = new Configuration();
        own.set(CheckpointingOptions.CHECKPOINTS_DIRECTORY, folder.toString());
        env.configure(own, DevJobs.class.getClassLoader());
        try {
            TrainerEnvironment.resume(env, new RetainedCheckpoints(new Path(folder)));
        } catch (IOException e) {
            throw new UncheckedIOException(e.getMessage(), e);
        }
    }
}
