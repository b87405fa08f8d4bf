package io.freshet.cli.dev;

import io.freshet.cli.console.CommandException;
import io.freshet.cli.embedded.LocalCluster;
import io.freshet.cli.embedded.LocalStack;
import io.freshet.cli.kafka.TopicFormats;
import io.freshet.job.options.FormatOptions;
import io.freshet.job.options.StateSettings;
import io.freshet.job.registry.RegistryClient;
import io.freshet.job.source.KafkaCluster;
import io.freshet.job.source.RecordedFormat;
import io.freshet.job.source.SpecTopic;
import io.freshet.job.topology.KafkaTrainer;
import io.freshet.job.topology.TrainerEnvironment;
import io.freshet.job.topology.TrainerTopology;
import io.freshet.schemas.field.RecordFields;
import io.freshet.schemas.format.RecordFormat;
import io.freshet.schemas.history.TopicFormat;
import io.freshet.schemas.topic.Topics;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import org.apache.flink.api.common.JobID;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * Starts the job of a stack, from the newest intact checkpoint of the stack's directory, or else from the earliest sample.
 */
public final class DevJob {
    private static final Duration CHECKPOINT_INTERVAL = Duration.ofSeconds(5);

    private DevJob() {}

    /**
     * Starts the job.
     *
     * @param format of the samples topic; options that were not given are those that an earlier run has recorded
     */
    public static JobID start(LocalStack stack, FormatOptions format, StateSettings state) throws Exception {
        KafkaCluster kafka = KafkaCluster.at(stack.bootstrapServers());
        Topics topics = stack.topics();
        RecordFormat records = format(stack, format);
        SpecTopic specs = SpecTopic.read(kafka, topics.models(), false);
        RecordedFormat.write(kafka, topics, recorded(topics.samples(), format, records), Instant.now());
        KafkaTrainer trainer = new KafkaTrainer(kafka, topics, OffsetsInitializer.earliest(), false, specs, records);
        return stack.cluster()
                .submit(
                        env -> {
                            LocalCluster.limitRestarts(env, LocalCluster.RESTARTS);
                            resume(env, stack);
                            TrainerTopology.build(
                                    env, trainer.sources().withResources(state.learners()), trainer.sinks());
                        },
                        CHECKPOINT_INTERVAL);
    }

    private static RecordFormat format(LocalStack stack, FormatOptions format) throws CommandException {
        TopicFormat known = TopicFormats.find(stack.kafkaOptions(), stack.topics());
        return format.format(RegistryClient::waiting, known);
    }

    /** Returns the format to record, with the schemas that were recorded before. */
    private static TopicFormat recorded(String topic, FormatOptions format, RecordFormat records) {
        return records instanceof RecordFormat.Avro avro
                ? new TopicFormat(topic, "avro", null, RecordFields.NONE, avro.writerSchemas())
                : format.recorded(topic);
    }

    private static void resume(StreamExecutionEnvironment env, LocalStack stack) {
        try {
            TrainerEnvironment.resume(env, stack.retainedCheckpoints());
        } catch (IOException e) {
            throw new UncheckedIOException(e.getMessage(), e);
        }
    }
}
