package io.freshet.job.observe;

import io.freshet.schemas.facts.Evaluation;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Estimates how many records of the samples topic are still to be learned by a subtask, or read by the whole job, and whether
 * they are a backlog.
 *
 * <pre>
 *   behind     = sum over partitions of max(0, end - next)
 *   catchingUp = behind > sum over partitions of the records added in the last ten seconds
 * </pre>
 *
 * {@code next} is the offset after a partition's newest record learned or read. {@code end} is the offset after its last
 * record, polled once a second on a separate thread, so that learning never waits for a broker. The learning thread calls
 * {@link #learned} and {@link #progress}.
 *
 * <p>A partition counts once one of its records was learned or read. For the first ten seconds, a partition without one is a
 * backlog of unknown size. A partition that has delivered nothing for ten seconds does not count. For a subtask, its remaining
 * records were rejected or belong to other subtasks. The job reads every record, so for the job nothing must have been added
 * either: the remaining offsets are marks of transactions.
 */
public final class Backlog implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Backlog.class);
    private static final long PERIOD_MILLIS = 1_000;
    /** Polls kept, which span ten periods. */
    private static final int POLLS_KEPT = 11;

    private static final long TIMEOUT_MILLIS = 5_000;

    private final @Nullable EndOffsets ends;
    private final boolean readsAll;
    private final ArrayDeque<Poll> polls = new ArrayDeque<>();
    private final CountDownLatch polled = new CountDownLatch(1);
    private volatile long[] next = {};
    private volatile @Nullable Poll oldest;
    private volatile @Nullable Poll newest;
    private boolean failing;
    private @Nullable ScheduledExecutorService thread;

    /** End and next offsets at one time. {@code spans} is set if the kept polls cover ten seconds. */
    private record Poll(long[] ends, long[] next, boolean spans) {}

    private Backlog(@Nullable EndOffsets ends, boolean readsAll) {
        this.ends = ends;
        this.readsAll = readsAll;
    }

    /**
     * Returns the backlog of one subtask of the learner.
     *
     * @param ends null to report no backlog
     */
    public static Backlog ofSubtask(@Nullable EndOffsets ends) {
        return new Backlog(ends, false);
    }

    /** Returns the backlog of the whole job. */
    static Backlog ofJob(EndOffsets ends) {
        return new Backlog(ends, true);
    }

    /** Starts polling, and waits up to five seconds for the first result, so that the first evaluation contains it. */
    public void open() throws InterruptedException {
        if (ends == null) {
            return;
        }
        ScheduledExecutorService poller = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread created = new Thread(task, "freshet-backlog");
            created.setDaemon(true);
            return created;
        });
        thread = poller;
        poller.scheduleWithFixedDelay(this::tryPoll, 0, PERIOD_MILLIS, TimeUnit.MILLISECONDS);
        if (!polled.await(TIMEOUT_MILLIS, TimeUnit.MILLISECONDS)) {
            LOG.warn("end offsets of the samples topic are not available yet");
        }
    }

    /** Polls. After a failure, the backlog is unknown until a poll succeeds. */
    void tryPoll() {
        try {
            poll();
            failing = false;
        } catch (RuntimeException | Error e) {
            // If rethrown, the executor would stop polling silently, and the last result would never be updated.
            newest = null;
            if (!failing && !Thread.currentThread().isInterrupted()) {
                LOG.warn("end offsets of the samples topic are not available: {}", e.toString());
            }
            failing = true;
        }
    }

    /** Reads the end offsets, on the polling thread. */
    void poll() {
        if (ends == null) {
            return;
        }
        Poll poll = new Poll(ends.read(), next.clone(), polls.size() >= POLLS_KEPT - 1);
        polls.addLast(poll);
        if (polls.size() > POLLS_KEPT) {
            polls.removeFirst();
        }
        oldest = polls.getFirst();
        newest = poll;
        polled.countDown();
    }

    /** Records a learned sample. */
    public void learned(int partition, long offset) {
        long[] offsets = next;
        if (partition >= offsets.length) {
            offsets = Arrays.copyOf(offsets, partition + 1);
            next = offsets;
        }
        offsets[partition] = Math.max(offsets[partition], offset + 1);
    }

    /** Sets the offset after the newest record read, by partition. It decreases when the job restarts. */
    void read(long[] offsets) {
        next = offsets;
    }

    /** Returns the polled end offsets by partition; empty if unknown. */
    long[] ends() {
        Poll now = newest;
        return now == null ? new long[0] : now.ends;
    }

    /** @param watermark newest event time learned, or Long.MIN_VALUE before the first */
    public Evaluation.Progress progress(long watermark) {
        Long time = watermark == Long.MIN_VALUE ? null : (Long) watermark;
        Poll then = oldest;
        Poll now = newest;
        if (then == null || now == null) {
            return new Evaluation.Progress(time, null, false);
        }
        long behind = 0;
        long added = 0;
        boolean unknown = false;
        for (int p = 0; p < now.ends.length; p++) {
            long reached = at(next, p);
            long addedHere = now.ends[p] - at(then.ends, p);
            boolean idle = now.spans && reached == at(then.next, p) && !(readsAll && addedHere > 0);
            if (reached > 0 && !idle) {
                behind += Math.max(0, now.ends[p] - reached);
                added += addedHere;
            }
            unknown |= reached == 0 && !idle && now.ends[p] > 0;
        }
        return new Evaluation.Progress(time, behind, unknown || behind > added);
    }

    private static long at(long[] offsets, int partition) {
        return partition < offsets.length ? offsets[partition] : 0;
    }

    @Override
    public void close() throws InterruptedException {
        if (thread != null) {
            thread.shutdownNow();
            if (thread.awaitTermination(TIMEOUT_MILLIS, TimeUnit.MILLISECONDS) && ends != null) {
                ends.close();
            }
        }
    }
}
