package io.freshet.job.publish;

import io.freshet.job.source.RegistryClient;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Registers a schema on a thread of its own, so that an unavailable registry delays the start of a task, but never stops it. */
final class SchemaRegistration implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SchemaRegistration.class);
    private static final Duration LONGEST_START = Duration.ofSeconds(5);

    private final CompletableFuture<Integer> id = new CompletableFuture<>();
    private final Thread thread;

    private SchemaRegistration(RegistryClient registry, String subject, String schema) {
        thread = new Thread(() -> register(registry, subject, schema), "freshet-register-" + subject);
        thread.setDaemon(true);
    }

    /** Starts the registration, and waits a few seconds for the id so that normally no record precedes it. */
    static SchemaRegistration start(RegistryClient registry, String subject, String schema) {
        SchemaRegistration registration = new SchemaRegistration(registry, subject, schema);
        registration.thread.start();
        try {
            registration.id.get(LONGEST_START.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
            LOG.warn("subject {}: no schema id yet; records are not exported until there is one", subject);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return registration;
    }

    private void register(RegistryClient registry, String subject, String schema) {
        try {
            id.complete(registry.register(subject, schema));
        } catch (RuntimeException e) {
            if (!Thread.currentThread().isInterrupted()) {
                LOG.error("subject {}: not registered; records are not exported until the task restarts", subject, e);
            }
            id.completeExceptionally(e);
        }
    }

    /** Returns the id of the schema, or null if it is not registered. */
    @Nullable Integer id() {
        return id.isDone() && !id.isCompletedExceptionally() ? id.join() : null;
    }

    /** Ends the registration if it is still waiting. */
    @Override
    public void close() {
        thread.interrupt();
    }
}
