package io.freshet.cli.history;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.freshet.cli.console.CommandException;
import io.freshet.cli.kafka.KafkaOptions;
import io.freshet.cli.kafka.TopicAdmin;
import io.freshet.cli.kafka.TopicReader;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Finds the records of an id on the topics whose record key is the id. */
final class RecordsOfId {
    /** An id has few records; more are not shown. */
    private static final int MOST = 1_000;

    private RecordsOfId() {}

    /**
     * Returns the first records of an id in a topic, in the order of each partition; none if the topic does not exist.
     *
     * @param since skips older records, by their timestamps; milliseconds since 1970, UTC
     */
    static List<ConsumerRecord<byte[], byte[]>> find(KafkaOptions kafka, String topic, String id, long since)
            throws CommandException {
        if (!exists(kafka, topic)) {
            return List.of();
        }
        byte[] key = id.getBytes(UTF_8);
        List<ConsumerRecord<byte[], byte[]>> found = new ArrayList<>();
        try (TopicReader reader = TopicReader.open(kafka, topic)) {
            if (since > 0) {
                reader.skipTo(since);
            }
            reader.readToEnd(record -> {
                if (Arrays.equals(record.key(), key) && found.size() < MOST) {
                    found.add(record);
                }
            });
        }
        return found;
    }

    static boolean exists(KafkaOptions kafka, String topic) throws CommandException {
        try (TopicAdmin admin = new TopicAdmin(kafka)) {
            return !admin.find(List.of(topic)).isEmpty();
        }
    }
}
