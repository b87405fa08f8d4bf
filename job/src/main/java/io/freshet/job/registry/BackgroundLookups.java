package io.freshet.job.registry;

import io.freshet.schemas.avro.MalformedRecordException;
import io.freshet.schemas.confluent.SchemaAnswer;
import io.freshet.schemas.confluent.SchemaCache;
import io.freshet.schemas.confluent.SchemaLookups;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks up schemas in threads of its own, and repeats a lookup while the registry is unreachable or failing.
 *
 * <pre>
 *   known       the registry has answered with a schema: kept, up to {@value #CACHED_CHARACTERS} characters
 *   refused     the registry does not know the id, or its schema is not Avro: kept for 30 s
 *   waiting     no answer yet, and the registry has failed for less than the patience
 *   overdue     no answer yet, for longer: refused, while lookups go on
 * </pre>
 *
 * Malformed records contain arbitrary ids. So while {@value #MOST_OPEN} ids are refused, waiting, or overdue, others are refused
 * without a lookup: a flood of ids causes a few requests a second, and a bounded number of entries. Thread-safe.
 */
final class BackgroundLookups implements SchemaLookups {
    static final int MOST_OPEN = 100;
    static final Duration REFUSED_FOR = Duration.ofSeconds(30);

    private static final Logger LOG = LoggerFactory.getLogger(BackgroundLookups.class);
    private static final int CACHED_CHARACTERS = 32 << 20;
    private static final int THREADS = 4;
    private static final long NEVER = Long.MAX_VALUE;

    /** Requests a schema once. */
    @FunctionalInterface
    interface Request {
        /**
         * @throws MalformedRecordException if the registry does not have an Avro schema with that id
         * @throws RuntimeException if the registry does not respond
         */
        List<String> send(int id) throws MalformedRecordException;
    }

    /**
     * How long to wait.
     *
     * @param patience how long records wait for a registry that fails
     * @param pause before a failed lookup is repeated; doubles up to {@value RegistryHttp#LONGEST_PAUSE} times as much
     */
    record Timing(Duration patience, Duration pause) {}

    private final Request request;
    private final Timing timing;
    private final LongSupplier millis;
    private final Runnable changed;
    private final ScheduledThreadPoolExecutor threads;
    private final SchemaCache<SchemaAnswer> known = new SchemaCache<>(CACHED_CHARACTERS);
    private final Map<Integer, Lookup> open = new LinkedHashMap<>();
    /** When the first request failed since the last answer; {@link #NEVER} if none did. */
    private long failingSince = NEVER;

    /** An id without a schema. */
    private static final class Lookup {
        private long deadline;
        private long pause;
        private String failure = "no response yet (expected: a schema)";
        private long expires = NEVER;
        private @Nullable SchemaAnswer refusal;

        Lookup(long deadline, long pause) {
            this.deadline = deadline;
            this.pause = pause;
        }
    }

    /** @param millis a clock that never goes back */
    BackgroundLookups(Request request, Timing timing, LongSupplier millis, Runnable changed) {
        this.request = request;
        this.timing = timing;
        this.millis = millis;
        this.changed = changed;
        threads = new ScheduledThreadPoolExecutor(THREADS, task -> {
            Thread thread = new Thread(task, "schema-lookups");
            thread.setDaemon(true);
            return thread;
        });
        threads.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    }

    @Override
    public synchronized @Nullable SchemaAnswer answer(int id) {
        SchemaAnswer schema = known.get(id);
        if (schema != null) {
            return schema;
        }
        long now = millis.getAsLong();
        Lookup lookup = open.get(id);
        if (lookup == null || lookup.expires <= now) {
            open.values().removeIf(other -> other.expires <= now);
            if (open.size() >= MOST_OPEN) {
                return SchemaAnswer.refused(
                        id,
                        "schema " + id + ": not requested, since " + MOST_OPEN
                                + " other ids have no schema (expected: fewer unknown ids)");
            }
            lookup = new Lookup(
                    now + timing.patience().toMillis(), timing.pause().toMillis());
            open.put(id, lookup);
            threads.execute(() -> attempt(id));
        }
        return lookup.refusal == null && now >= lookup.deadline ? overdue(id, lookup) : lookup.refusal;
    }

    private SchemaAnswer overdue(int id, Lookup lookup) {
        return SchemaAnswer.refused(
                id, "schema " + id + ": no answer for " + timing.patience().toSeconds() + " s: " + lookup.failure);
    }

    private void attempt(int id) {
        try {
            List<String> schemas = request.send(id);
            answered(id, SchemaAnswer.known(id, schemas));
        } catch (MalformedRecordException e) {
            answered(id, SchemaAnswer.refused(id, String.valueOf(e.getMessage())));
        } catch (RuntimeException e) {
            failed(id, e);
        }
    }

    private void answered(int id, SchemaAnswer answer) {
        synchronized (this) {
            if (failingSince != NEVER) {
                LOG.info("The schema registry answers again.");
            }
            failingSince = NEVER;
            Lookup lookup = open.get(id);
            if (answer.refusal() == null) {
                open.remove(id);
                known.put(id, answer, answer.schemas());
            } else if (lookup != null) {
                lookup.refusal = answer;
                lookup.expires = millis.getAsLong() + REFUSED_FOR.toMillis();
            }
        }
        changed.run();
    }

    private void failed(int id, RuntimeException e) {
        if (isOverdueAfter(id, e)) {
            changed.run();
        }
    }

    private synchronized boolean isOverdueAfter(int id, RuntimeException e) {
        Lookup lookup = open.get(id);
        if (threads.isShutdown() || lookup == null) {
            return false;
        }
        lookup.failure = e.getCause() == null
                ? String.valueOf(e)
                : String.valueOf(e.getCause().getMessage());
        long now = millis.getAsLong();
        if (failingSince == NEVER) {
            failingSince = now;
            LOG.warn(
                    "{}; records with schemas that are not cached wait for up to {} s",
                    lookup.failure,
                    timing.patience().toSeconds());
        }
        threads.schedule(() -> attempt(id), lookup.pause, TimeUnit.MILLISECONDS);
        lookup.pause = Math.min(
                2 * lookup.pause, RegistryHttp.LONGEST_PAUSE * timing.pause().toMillis());
        // During an outage, ids do not wait one after the other.
        lookup.deadline =
                Math.min(lookup.deadline, failingSince + timing.patience().toMillis());
        return now >= lookup.deadline;
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
