package io.freshet.server.ingest;

import io.freshet.schemas.facts.SignsOfLife;
import io.freshet.server.metrics.ServerMetrics;
import java.time.Duration;
import java.time.InstantSource;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.errors.TimeoutException;

/**
 * Whether the brokers of a topic answer. Notices those that are gone, and those that hang: these stay connected, but do not
 * answer. Used by the thread that reads the topic.
 */
final class BrokerReachability {
    /** After this long without a record, the brokers are asked whether they are there. */
    private static final long SILENCE_MILLIS = 5_000;

    private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(5);

    private final String topic;
    private final ServerMetrics metrics;
    private final SignsOfLife signs;
    private final InstantSource clock;
    private final BooleanSupplier optional;
    /** When the brokers last answered, milliseconds since 1970, UTC. */
    private long answeredAt;

    private boolean unreachable;

    /** @param optional whether the server can do without the topic, so that the state of the trainer is known without it too */
    BrokerReachability(String topic, TopicFollower.Observers observers, BooleanSupplier optional) {
        this.optional = optional;
        this.topic = topic;
        metrics = observers.metrics();
        signs = observers.signs();
        clock = observers.clock();
        answeredAt = clock.millis();
    }

    /** Returns whether they answered the last request. */
    boolean answer() {
        return !unreachable;
    }

    void answered() {
        answeredAt = clock.millis();
        unreachable = false;
        signs.reachable(topic);
        metrics.reachable(topic);
    }

    /** Records that the connection has failed. */
    void failed() {
        unreachable(clock.millis());
    }

    /**
     * Checks them after a poll.
     *
     * @param received whether it returned records
     */
    void check(Consumer<byte[], byte[]> from, boolean received) {
        long now = clock.millis();
        if (received) {
            answered();
        } else if (!isConnected(from)) {
            unreachable(now);
        } else if (unreachable || now - answeredAt >= SILENCE_MILLIS) {
            try {
                from.endOffsets(from.assignment(), REQUEST_TIMEOUT);
                answered();
            } catch (TimeoutException e) {
                unreachable(answeredAt);
            }
        }
    }

    private void unreachable(long since) {
        unreachable = true;
        if (!optional.getAsBoolean()) {
            signs.unreachable(topic, since);
        }
        metrics.unreachable(topic);
    }

    /** Returns whether a broker is connected. Without one, the client waits silently. */
    static boolean isConnected(Consumer<byte[], byte[]> consumer) {
        return consumer.metrics().values().stream()
                .filter(metric -> metric.metricName().name().equals("connection-count"))
                .allMatch(metric -> metric.metricValue() instanceof Number count && count.doubleValue() > 0);
    }
}
