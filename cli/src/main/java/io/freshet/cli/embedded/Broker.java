package io.freshet.cli.embedded;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A running Kafka broker for one command. {@link #close} stops it and waits until it has stopped. */
interface Broker extends AutoCloseable {
    /** Returns the address for clients: {@code host:port}. */
    String bootstrapServers();

    /** Returns the CPU time used since the start; null if the broker shares this JVM, or if the system does not report it. */
    @Nullable Duration cpuTime();

    /** Returns a future that completes with the reason if the broker fails after its start. */
    CompletableFuture<String> failure();

    @Override
    void close();
}
