package io.freshet.job.observe;

import io.freshet.schemas.facts.Heartbeat;
import java.io.Serializable;

/** Sends heartbeats. Serialized with the job graph, and used by one thread. */
public interface HeartbeatSink extends Serializable {
    /**
     * Sends a heartbeat without waiting for its delivery.
     *
     * @throws RuntimeException if the brokers are currently unavailable
     */
    void send(Heartbeat heartbeat);

    /** Closes the connection, if any. */
    default void close() {}
}
