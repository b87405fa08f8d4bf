package io.freshet.job.observe;

import io.freshet.schemas.evaluation.Evaluation;
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
 * How much of the samples topic is still to be learned by this subtask, and whether that is a backlog or the stream itself.
 *
 * <pre>
 *   behind     = sum over partitions of max(0, end - next)
 *   catchingUp = behind > sum over partitions of what came into them within the last ten seconds
 * </pre>
 *
 * {@code next} is the offset after the newest sample learned of a partition, {@code end} that after its last record, asked
 * for once a second on a thread of its own. A partition counts once a sample of it was learned; in the first ten seconds,
 * one that is still to bring its first is a backlog of unknown size. One that brought none for ten seconds counts no more:
 * what it still has is not for this subtask's models, or is none. The learning thread calls {@link #learned} and
 * {@link #progress}; learning never waits for a broker.
 */
public final class Backlog implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Backlog.class);
    private static final long PERIOD_MILLIS = 1_000;
    private static final int LOOKS = 11;
    private static final long FIRST_LOOK_MILLIS = 5_000;

    private final @Nullable EndOffsets ends;
    private final ArrayDeque<Look> looks = new ArrayDeque<>();
    private final CountDownLatch looked = new CountDownLatch(1);
    private volatile long[] next = {};
    private volatile @Nullable Look first;
    private volatile @Nullable Look last;
    private boolean failing;
    private @Nullable ScheduledExecutorService thread;

    /** Where the partitions ended at one moment, and how far the learning had come then. */
    private record Look(long[] ends, long[] next, boolean spanned) {}

    /** @param ends null if it is not known where the topic ends, or of no interest */
    public Backlog(@Nullable EndOffsets ends) {
        this.ends = ends;
    }

    /** Begins to look, and waits for the first look for a few seconds at most, so that the first evaluation has it. */
    public void open() throws InterruptedException {
        if (ends == null) {
            return;
        }
        ScheduledExecutorService looking = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread made = new Thread(task, "freshet-backlog");
            made.setDaemon(true);
            return made;
        });
        thread = looking;
        looking.scheduleWithFixedDelay(this::lookAgain, 0, PERIOD_MILLIS, TimeUnit.MILLISECONDS);
        if (!looked.await(FIRST_LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
            LOG.warn("where the samples topic ends is not known yet");
        }
    }

    /** Looks; if that fails in any way, nothing is known until a look succeeds. */
    void lookAgain() {
        try {
            look();
            failing = false;
        } catch (RuntimeException | Error e) {
            // One that got through would end the looking without a word, and the last look would hold for ever.
            last = null;
            if (!failing && !Thread.currentThread().isInterrupted()) {
                LOG.warn("where the samples topic ends is not known: {}", e.toString());
            }
            failing = true;
        }
    }

    /** Asks where the topic ends now; on the thread that looks. */
    void look() {
        if (ends == null) {
            return;
        }
        Look look = new Look(ends.look(), next.clone(), looks.size() >= LOOKS - 1);
        looks.addLast(look);
        if (looks.size() > LOOKS) {
            looks.removeFirst();
        }
        first = looks.getFirst();
        last = look;
        looked.countDown();
    }

    /** Says that a sample was learned. */
    public void learned(int partition, long offset) {
        long[] own = next;
        if (partition >= own.length) {
            own = Arrays.copyOf(own, partition + 1);
            next = own;
        }
        own[partition] = Math.max(own[partition], offset + 1);
    }

    /** @param watermark newest event time learned, or Long.MIN_VALUE before the first */
    public Evaluation.Progress progress(long watermark) {
        Long time = watermark == Long.MIN_VALUE ? null : (Long) watermark;
        Look then = first;
        Look now = last;
        if (then == null || now == null) {
            return new Evaluation.Progress(time, null, false);
        }
        long behind = 0;
        long came = 0;
        boolean unseen = false;
        for (int p = 0; p < now.ends.length; p++) {
            long reached = at(next, p);
            boolean idle = now.spanned && reached == at(then.next, p);
            if (reached > 0 && !idle) {
                behind += Math.max(0, now.ends[p] - reached);
                came += now.ends[p] - at(then.ends, p);
            }
            unseen |= reached == 0 && !idle && now.ends[p] > 0;
        }
        return new Evaluation.Progress(time, behind, unseen || behind > came);
    }

    private static long at(long[] offsets, int partition) {
        return partition < offsets.length ? offsets[partition] : 0;
    }

    @Override
    public void close() throws InterruptedException {
        if (thread != null) {
            thread.shutdownNow();
            if (thread.awaitTermination(FIRST_LOOK_MILLIS, TimeUnit.MILLISECONDS) && ends != null) {
                ends.close();
            }
        }
    }
}
