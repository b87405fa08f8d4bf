package io.freshet.job.source;

import io.freshet.schemas.avro.MalformedRecordException;
import io.freshet.schemas.sample.SchemaAnswer;
import io.freshet.schemas.sample.SchemaCache;
import io.freshet.schemas.sample.SchemaLookups;
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
 *   refused     the registry does not know the id, its schema is not Avro, it has refused the request {@value #ATTEMPTS}
 *               times, or the id is overdue: the {@value #MOST_REFUSED} most recently used are kept for 30 s
 *   waiting     no answer yet, for less than the patience since the first failure with this id
 *   overdue     no answer for longer: refused, and looked up again every 30 s, but waited for no more
 * </pre>
 *
 * Each overdue id halves the patience with the ids after it, up to {@value #HALVINGS} times, until a schema arrives whose
 * lookup had failed. So chosen ids on which the registry fails stop a partition for a bounded time.
 *
 * Malformed records contain arbitrary ids. A flood of them causes up to {@value #THREADS} requests at a time, and a bounded
 * number of entries: while {@value #MOST_OPEN} ids are waiting, others are refused without a lookup. Thread-safe.
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
    private static final int HALVINGS = 6;

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
     * @param patience how long records wait for an id on which the registry fails
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
    /** How many ids became overdue since a lookup recovered. */
    private int overdue;
    /** Whether a failure was logged since a lookup recovered or became overdue. */
    private boolean failing;

    /** @param overdue whether the time to wait for the id is over */
    private record Refusal(SchemaAnswer answer, long expires, boolean overdue) {}

    /** An id without an answer. */
    private static final class Lookup {
        private long start;
        private long patience;
        private long pause;
        private boolean failed;
        private String failure = "no response yet (expected: a schema)";
        /** How many times the registry has refused the request. */
        private int rejections;

        Lookup(long start, Timing timing) {
            this.start = start;
            patience = timing.patience().toMillis();
            pause = timing.pause().toMillis();
        }

        boolean isOverdue(long now) {
            return now - start >= patience;
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
            lookup = new Lookup(now, timing);
            open.put(id, lookup);
            Lookup started = lookup;
            threads.execute(() -> attempt(id, started));
        }
        if (refusal != null && refusal.overdue()) {
            return refusal.answer();
        }
        return lookup.isOverdue(now) ? endOverdue(id, lookup, now) : null;
    }

    /** Ends the lookup of an id whose time to wait is over, so that another one can take its place. */
    private SchemaAnswer endOverdue(int id, Lookup lookup, long now) {
        overdue++;
        failing = false;
        SchemaAnswer answer = SchemaAnswer.refused(
                id,
                "schema " + id + ": no answer for " + TimeUnit.MILLISECONDS.toSeconds(lookup.patience) + " s: "
                        + lookup.failure);
        refuse(id, answer, now, true);
        return answer;
    }

    private void refuse(int id, SchemaAnswer answer, long now, boolean afterWaiting) {
        open.remove(id);
        refused.put(id, new Refusal(answer, now + REFUSED_FOR.toMillis(), afterWaiting));
    }

    private void attempt(int id, Lookup lookup) {
        if (!isOpen(id, lookup)) {
            return;
        }
        try {
            List<String> schemas = request.send(id);
            answered(id, lookup, SchemaAnswer.known(id, schemas));
        } catch (MalformedRecordException e) {
            answered(id, lookup, SchemaAnswer.refused(id, String.valueOf(e.getMessage())));
        } catch (RegistryHttp.RejectedException e) {
            rejected(id, lookup, e);
        } catch (Throwable e) {
            // Also an Error, which the executor would swallow: the lookup must go on, or its partition waits forever.
            failed(id, lookup, e);
        }
    }

    private synchronized boolean isOpen(int id, Lookup lookup) {
        return open.get(id) == lookup;
    }

    private void answered(int id, Lookup lookup, SchemaAnswer answer) {
        synchronized (this) {
            if (answer.refusal() != null) {
                refuse(id, answer, millis.getAsLong(), false);
            } else {
                recovered(id, lookup);
                open.remove(id);
                refused.remove(id);
                known.put(id, answer, answer.schemas());
            }
        }
        changed.run();
    }

    private void recovered(int id, Lookup lookup) {
        if (lookup.failed || hasWaited(id)) {
            if (failing || overdue > 0) {
                LOG.info("The schema registry answers again.");
            }
            failing = false;
            overdue = 0;
        }
    }

    private boolean hasWaited(int id) {
        Refusal refusal = refused.get(id);
        return refusal != null && refusal.overdue();
    }

    /** The registry may refuse one id for good and answer others, so that no outage ends the wait. */
    private void rejected(int id, Lookup lookup, RegistryHttp.RejectedException e) {
        if (++lookup.rejections >= ATTEMPTS) {
            answered(
                    id,
                    lookup,
                    SchemaAnswer.refused(id, "schema " + id + ": refused " + ATTEMPTS + " times: " + cause(e)));
        } else {
            failed(id, lookup, e);
        }
    }

    private static String cause(Throwable e) {
        return e.getCause() == null
                ? String.valueOf(e)
                : String.valueOf(e.getCause().getMessage());
    }

    private void failed(int id, Lookup lookup, Throwable e) {
        if (isDecidedAfter(id, lookup, e)) {
            changed.run();
        }
    }

    private synchronized boolean isDecidedAfter(int id, Lookup lookup, Throwable e) {
        if (threads.isShutdown() || !isOpen(id, lookup)) {
            return false;
        }
        long now = millis.getAsLong();
        Refusal refusal = refused.get(id);
        if (refusal != null && refusal.overdue()) {
            refuse(id, refusal.answer(), now, true);
            return true;
        }
        lookup.failure = cause(e);
        if (!lookup.failed) {
            lookup.failed = true;
            lookup.start = now;
            lookup.patience = timing.patience().toMillis() >> Math.min(overdue, HALVINGS);
            warn(id, lookup);
        }
        if (lookup.isOverdue(now)) {
            endOverdue(id, lookup, now);
            return true;
        }
        threads.schedule(() -> attempt(id, lookup), lookup.pause, TimeUnit.MILLISECONDS);
        lookup.pause = Math.min(
                2 * lookup.pause, RegistryHttp.LONGEST_PAUSE * timing.pause().toMillis());
        return false;
    }

    private void warn(int id, Lookup lookup) {
        if (!failing) {
            LOG.warn(
                    "schema {}: {}; its records wait for up to {} s",
                    id,
                    lookup.failure,
                    TimeUnit.MILLISECONDS.toSeconds(lookup.patience));
        }
        failing = true;
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
