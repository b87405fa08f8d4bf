package io.freshet.cli.kafka;

import io.freshet.cli.console.CommandException;
import io.freshet.job.source.RegistryClient;
import io.freshet.job.topology.FormatOptions;
import io.freshet.schemas.sample.RecordFormat;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options of commands that read the samples that a snapshot has learned. */
public final class SamplesTopic {
    @Mixin
    private KafkaOptions kafka = new KafkaOptions();

    @Option(
            names = "--samples",
            paramLabel = "<topic>",
            description = "Samples topic (default: the one recorded in the snapshot).")
    private @Nullable String samples;

    @Mixin
    private FormatOptions format = new FormatOptions();

    public KafkaOptions kafka() {
        return kafka;
    }

    /** Returns whether the user named a topic. */
    public boolean isGiven() {
        return samples != null;
    }

    /** @param recorded topic recorded in the snapshot */
    public String name(String recorded) {
        return samples == null ? recorded : samples;
    }

    /** Returns the format of a topic: as given, or as the job recorded it. */
    public RecordFormat format(String topic) throws CommandException {
        return format.format(RegistryClient::impatient, TopicFormats.find(kafka, kafka.topics(topic)));
    }
}
