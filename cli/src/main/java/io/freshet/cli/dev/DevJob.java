package io.freshet.cli.dev;

import io.freshet.cli.console.CommandException;
import io.freshet.cli.embedded.LocalStack;
import io.freshet.cli.kafka.TopicFormats;
import io.freshet.job.options.FormatOptions;
import io.freshet.job.options.StateSettings;
import io.freshet.job.registry.RegistryClient;
import io.freshet.job.source.KafkaCluster;
import io.freshet.job.source.RecordedFormat;
import io.freshet.job.source.SpecTopic;
import io.freshet.job.topology.KafkaTrainer;
import io.freshet.job.topology.TrainerTopology;
import io.freshet.schemas.field.RecordFields;
import io.freshet.schemas.format.RecordFormat;
import io.freshet.schemas.history.TopicFormat;
import io.freshet.schemas.topic.Topics;
import java.time.Instant;
import org.apache.flink.api.common.JobID;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;

/** Starts the trainer of a stack. */
public final class DevJob {
    private DevJob() {}

    /**
     * Starts the job.
     *
     * @param format of the samples topic; options that were not given are those that an earlier run has recorded
     */
    public static JobID start(LocalStack stack, FormatOptions format, StateSettings state) throws Exception {
        KafkaCluster kafka = KafkaCluster.at(stack.bootstrapServers());
        Topics topics = stack.topics();
        RecordFormat records = records(stack, format);
        SpecTopic specs = SpecTopic.read(kafka, topics.models(), false);
        RecordedFormat.write(kafka, topics, recorded(topics.samples(), format, records), Instant.now());
        KafkaTrainer trainer = new KafkaTrainer(kafka, topics, OffsetsInitializer.earliest(), false, specs, records);
        return StackJob.TRAINER.submit(
                stack,
                env -> TrainerTopology.build(env, trainer.sources().withResources(state.learners()), trainer.sinks()));
    }

    /** Returns the format in which the job will read the samples topic: as given, or as an earlier run recorded it. */
    static TopicFormat format(LocalStack stack, FormatOptions format) throws CommandException {
        return recorded(stack.topics().samples(), format, records(stack, format));
    }

    private static RecordFormat records(LocalStack stack, FormatOptions format) throws CommandException {
        TopicFormat known = TopicFormats.find(stack.kafkaOptions(), stack.topics());
        return format.format(RegistryClient::waiting, known);
    }

    /** Returns the format to record, with the schemas that were recorded before. */
    private static TopicFormat recorded(String topic, FormatOptions format, RecordFormat records) {
        return records instanceof RecordFormat.Avro avro
                ? new TopicFormat(topic, "avro", null, RecordFields.NONE, avro.writerSchemas())
                : format.recorded(topic);
    }
}
