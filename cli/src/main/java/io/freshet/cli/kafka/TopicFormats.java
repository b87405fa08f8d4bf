package io.freshet.cli.kafka;

import io.freshet.cli.console.CommandException;
import io.freshet.job.source.RecordedFormat;
import io.freshet.schemas.avro.MalformedRecordException;
import io.freshet.schemas.kafka.Topics;
import io.freshet.schemas.snapshot.TopicFormat;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.jspecify.annotations.Nullable;

/** Finds the format that a job recorded for its samples topic. */
public final class TopicFormats {
    private TopicFormats() {}

    /**
     * Returns the newest recorded format of the samples topic, or null if no job has recorded one within the retention of the
     * history topic. Reads only the partition of its key.
     *
     * @throws CommandException if the record cannot be read
     */
    public static @Nullable TopicFormat find(KafkaOptions kafka, Topics topics) throws CommandException {
        try (KafkaConsumer<byte[], byte[]> consumer = kafka.consumer()) {
            return RecordedFormat.find(consumer, topics, new KnownRecords(consumer)::poll);
        } catch (MalformedRecordException e) {
            throw new CommandException("topic " + topics.history() + ", format: " + e.getMessage(), e);
        }
    }
}
