package io.freshet.server.inspect;

import io.freshet.server.body.RequestException;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;

/**
 * Reads the newest records of a dead-letter topic when somebody asks for them, and counts them by reason.
 *
 * <p>What was read is returned again for ten seconds, for the {@value #TOPICS} topics asked for last, so that the pages of many
 * readers cost no more than one. Thread-safe.
 */
public final class RecentDeadLetters {
    /** Records that are read at most, divided equally among the partitions. */
    static final int RECORDS = 10_000;

    static final int TOPICS = 4;
    private static final long KEEP_MILLIS = 10_000;
    private static final Duration READ_TIME = Duration.ofSeconds(5);
    /** Short, because there is no group to leave and no offset to commit. */
    private static final Duration CLOSE_TIMEOUT = Duration.ofMillis(100);

    private final Supplier<Consumer<byte[], byte[]>> open;
    private final UnaryOperator<String> shown;
    private final InstantSource clock;
    private final Map<String, Counted> cache = new RecentlyUsed<>(TOPICS);

    /** @param failure why the topic could not be read, or null */
    private record Counted(
            long at, DeadLetterCounts counts, @Nullable String failure) {}

    /**
     * @param open creates a consumer that joins no group
     * @param shown returns what may be shown of a reason
     */
    public RecentDeadLetters(
            Supplier<Consumer<byte[], byte[]>> open, UnaryOperator<String> shown, InstantSource clock) {
        this.open = open;
        this.shown = shown;
        this.clock = clock;
    }

    /**
     * Returns why records were rejected for a model, as JSON: the most frequent reason first. Waits for the brokers.
     *
     * @param topic of dead letters; a topic that does not exist counts as empty
     * @throws RequestException 503 if no broker answers
     */
    synchronized JsonObject of(String model, String topic) throws RequestException {
        Counted counted = cache.get(topic);
        if (counted == null || clock.millis() - counted.at >= KEEP_MILLIS) {
            counted = read(topic);
            cache.put(topic, counted);
        }
        if (counted.failure != null) {
            throw RequestException.of(
                    503, topic + ": " + counted.failure + " (expected: a broker that answers; try again)");
        }
        return counted.counts.of(model);
    }

    private Counted read(String topic) {
        DeadLetterCounts counts = new DeadLetterCounts(topic, shown);
        String failure = null;
        try {
            Consumer<byte[], byte[]> consumer = open.get();
            try {
                NewestRecords.read(
                        consumer, NewestRecords.partitions(consumer, topic), RECORDS, READ_TIME, counts::add);
            } finally {
                consumer.close(CloseOptions.timeout(CLOSE_TIMEOUT));
            }
        } catch (KafkaException e) {
            failure = String.valueOf(e.getMessage());
        }
        return new Counted(clock.millis(), counts, failure);
    }
}
