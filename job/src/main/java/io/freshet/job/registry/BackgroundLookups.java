package io.freshet.job.registry;

import io.freshet.schemas.avro.MalformedRecordException;
import io.freshet.schemas.confluent.SchemaAnswer;
import io.freshet.schemas.confluent.SchemaCache;
import io.freshet.schemas.confluent.SchemaLookups;
import java.time.Duration;
import java.util.HashMap;
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
 *   refused     the registry does not know the id, its schema is not Avro, or it has refused the request {@value #ATTEMPTS}
 *               times: the {@value #MOST_REFUSED} most recently used are kept for 30 s
 *   waiting     no answer yet, and the registry has failed for less than the patience
 *   overdue     no answer yet, for longer: refused, while lookups go on
 * </pre>
 *
 * Malformed records contain arbitrary ids. A flood of them causes up to {@value #THREADS} requests at a time, and a bounded
 * number of entries: while {@value #MOST_OPEN} ids are waiting or overdue, others are refused without a lookup. Thread-safe.
 */
final class BackgroundLookups implements SchemaLookups {
    static final int MOST_OPEN = 100;
    static final int MOST_REFUSED = 1_000;
    /** Until the registry's refusal of a request is its answer. */
    static final int ATTEMPTS = 5;

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
    private final Map<Integer, Lookup> open = new HashMap<>();
    private final Map<Integer, Refusal> refused = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Integer, Refusal> eldest) {
            return size() > MOST_REFUSED;
        }
    };
    /** When the first request failed since the last answer; {@link #NEVER} if none did. */
    private long failingSince = NEVER;

    private record Refusal(SchemaAnswer answer, long expires) {}

    /** An id without an answer. */
    private static final class Lookup {
        private long deadline;
        private long pause;
        private String failure = "no response yet (expected: a schema)";
        /** How many times the registry has refused the request. */
        private int rejections;

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
        Refusal refusal = refused.get(id);
        if (refusal != null && now < refusal.expires()) {
            return refusal.answer();
        }
        Lookup lookup = open.get(id);
        if (lookup == null) {
            if (open.size() >= MOST_OPEN) {
                return SchemaAnswer.refused(
                        id,
                        "schema " + id + ": not requested, since " + MOST_OPEN
                                + " other ids have no answer (expected: fewer ids at a time)");
            }
            lookup = new Lookup(
                    now + timing.patience().toMillis(), timing.pause().toMillis());
            open.put(id, lookup);
            threads.execute(() -> attempt(id));
        }
        return now >= lookup.deadline ? overdue(id, lookup) : null;
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
        } catch (RegistryHttp.RejectedException e) {
            rejected(id, e);
        } catch (Throwable e) {
            // Also an Error, which the executor would swallow: the lookup must go on, or its partition waits in vain.
            failed(id, e);
        }
    }

    private void answered(int id, SchemaAnswer answer) {
        synchronized (this) {
            if (failingSince != NEVER) {
                LOG.info("The schema registry answers again.");
            }
            failingSince = NEVER;
            open.remove(id);
            refused.remove(id);
            if (answer.refusal() == null) {
                known.put(id, answer, answer.schemas());
            } else {
                refused.put(id, new Refusal(answer, millis.getAsLong() + REFUSED_FOR.toMillis()));
            }
        }
        changed.run();
    }

    /** The registry may refuse one id for good and answer others, so that no outage ends the wait. */
    private void rejected(int id, RegistryHttp.RejectedException e) {
        if (isLastAttempt(id)) {
            answered(id, SchemaAnswer.refused(id, "schema " + id + ": refused " + ATTEMPTS + " times: " + cause(e)));
        } else {
            failed(id, e);
        }
    }

    private synchronized boolean isLastAttempt(int id) {
        Lookup lookup = open.get(id);
        return lookup != null && ++lookup.rejections >= ATTEMPTS;
    }

    private static String cause(Throwable e) {
        return e.getCause() == null
                ? String.valueOf(e)
                : String.valueOf(e.getCause().getMessage());
    }

    private void failed(int id, Throwable e) {
        if (isOverdueAfter(id, e)) {
            changed.run();
        }
    }

    private synchronized boolean isOverdueAfter(int id, Throwable e) {
        Lookup lookup = open.get(id);
        if (threads.isShutdown() || lookup == null) {
            return false;
        }
        lookup.failure = cause(e);
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
