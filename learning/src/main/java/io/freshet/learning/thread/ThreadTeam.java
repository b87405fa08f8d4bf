package io.freshet.learning.thread;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The threads that share the loops of one learner: the thread that calls {@link #run}, and helpers that wait for it.
 *
 * <p>A loop is split into ranges by its length and grain alone, and a range writes only what is its own. So a result has the
 * same bits for every number of threads, whichever thread computes which range. Threads take the next range when they have
 * finished one: a helper that is late finds none left, and delays nobody.
 *
 * <p>A helper without work looks for some for {@link #LOOK_NANOS}, which is longer than the pauses between the loops of a batch, and
 * then sleeps until the next loop. If a helper is late with a range, since other threads use its core, the calling thread waits for
 * it, and then works alone for a while: for {@link #FIRST_PAUSE_NANOS}, and each time for twice as long, up to {@link
 * #LONGEST_PAUSE_NANOS}. So a team on a busy machine is about as fast as one thread.
 *
 * <p>Loops allocate nothing. One thread at a time may call {@link #run}. Pinned by {@code ThreadTeamTest}.
 */
public final class ThreadTeam implements AutoCloseable {
    /** The calling thread alone. */
    public static final ThreadTeam ALONE = new ThreadTeam(1, "", () -> 0);

    private static final long LOOK_NANOS = TimeUnit.MICROSECONDS.toNanos(50);
    private static final int LOOKS_PER_CLOCK = 32;
    /** A helper is late if the caller waits longer than this, and longer than it worked itself. */
    private static final long LATE_NANOS = TimeUnit.MICROSECONDS.toNanos(200);

    private static final long FIRST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(5);
    private static final long LONGEST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(640);
    /** Sharing for so many times the last pause, without a late helper, makes the next pause as short as the first. */
    private static final int PAUSES_TO_FORGET = 4;

    private static final long CLOSE_MILLIS = TimeUnit.SECONDS.toMillis(10);
    private static final long COUNT = 0xffff_ffffL;
    private static final int VECTOR = 16;

    /** A part of a loop. */
    @FunctionalInterface
    public interface Range {
        /**
         * Computes the elements [from, to).
         *
         * @param thread below {@link #threads}; no other range runs on it at the same time, so it may select scratch space
         */
        void run(int from, int to, int thread);
    }

    private final LongSupplier nanoTime;
    private final Helper[] helpers;
    /** The number of the loop, and the count of its ranges that no thread has taken yet, in the lower half. */
    private final AtomicLong untaken = new AtomicLong();

    private final AtomicInteger unfinished = new AtomicInteger();
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    /** The thread that sleeps until all ranges are finished, or null. */
    private volatile @Nullable Thread waiting;

    private volatile boolean closed;

    // The loop, written before its ranges can be taken, and not before all ranges of the last one are finished.
    private int length;
    private int grain;
    private Range body = (from, to, thread) -> {};

    // Of the calling thread.
    private long pause;
    private long pauseEnd;

    /**
     * Starts the helpers, which are daemons.
     *
     * @param threads at least 1, with the calling one
     * @param name of the helpers, which are numbered
     * @param nanoTime as {@link System#nanoTime}; decides who works, never what results
     */
    public ThreadTeam(int threads, String name, LongSupplier nanoTime) {
        if (threads < 1) {
            throw new IllegalArgumentException("threads: " + threads + " (expected: >= 1)");
        }
        this.nanoTime = nanoTime;
        helpers = new Helper[threads - 1];
        for (int i = 0; i < helpers.length; i++) {
            helpers[i] = new Helper(name + "-" + (i + 1), i + 1);
        }
        for (Helper helper : helpers) {
            helper.start();
        }
    }

    /** Returns the number of threads, with the calling one. */
    public int threads() {
        return helpers.length + 1;
    }

    /**
     * Runs a loop, and returns when all its ranges are finished.
     *
     * @param length number of elements, at least 0
     * @param grain elements in a range, at least 1; the last range may have fewer
     * @param loop must not call this team
     * @throws RuntimeException or an Error, the first that a range threw; the other ranges ran nevertheless
     */
    public void run(int length, int grain, Range loop) {
        int ranges = ranges(length, grain);
        if (ranges <= 1 || helpers.length == 0 || pause > 0 && nanoTime.getAsLong() - pauseEnd < 0) {
            alone(ranges, length, grain, loop);
            return;
        }
        this.length = length;
        this.grain = grain;
        body = loop;
        unfinished.set(ranges);
        untaken.set((untaken.get() & ~COUNT) + COUNT + 1 + ranges);
        for (int i = 0; i < Math.min(helpers.length, ranges - 1); i++) {
            helpers[i].wake();
        }
        long start = nanoTime.getAsLong();
        work(0);
        long worked = nanoTime.getAsLong();
        await(worked);
        long end = nanoTime.getAsLong();
        if (end - worked > Math.max(LATE_NANOS, worked - start)) {
            pause = Math.min(LONGEST_PAUSE_NANOS, Math.max(FIRST_PAUSE_NANOS, 2 * pause));
            pauseEnd = end + pause;
        } else if (end - pauseEnd > PAUSES_TO_FORGET * pause) {
            pause = 0;
        }
        rethrow(failure.getAndSet(null));
    }

    private static void alone(int ranges, int length, int grain, Range loop) {
        Throwable first = null;
        for (int i = 0; i < ranges; i++) {
            try {
                loop.run(start(i, grain), end(i, grain, length), 0);
            } catch (RuntimeException | Error e) {
                first = first == null ? e : first;
            }
        }
        rethrow(first);
    }

    private static void rethrow(@Nullable Throwable thrown) {
        if (thrown instanceof Error error) {
            throw error;
        }
        if (thrown != null) {
            throw (RuntimeException) thrown;
        }
    }

    private static int ranges(int length, int grain) {
        return length == 0 ? 0 : (length - 1) / grain + 1;
    }

    private static int start(int range, int grain) {
        return range * grain;
    }

    private static int end(int range, int grain, int length) {
        return (int) Math.min(length, (range + 1L) * grain);
    }

    /**
     * Returns the grain of a loop: the larger its cost, the more ranges, and the larger each, since the ranges of a matrix product
     * pack the same operand again. A loop of fewer than 2^22 operations is one range, and so stays on the calling thread; it has two
     * from there on, four from 2^24, eight from 2^28, and sixteen from 2^32.
     *
     * <pre>
     *   ranges = the largest power of 2 up to min((operations / 2^20)^(1/2), (operations / 2^16)^(1/4))
     * </pre>
     *
     * @param length of the loop
     * @param operations its cost, in floating-point operations of a matrix product, of which a core computes 20 to 100 in a
     *     nanosecond
     * @return a multiple of 16, so that ranges of columns fill the vectors of a matrix product; at least 16
     */
    public static int grain(int length, long operations) {
        double root = Math.sqrt(operations);
        int ranges = Integer.highestOneBit((int) Math.min(root / (1 << 10), Math.sqrt(root) / (1 << 4)) | 1);
        return (int) Math.min(Integer.MAX_VALUE & -VECTOR, ((length - 1L) / ranges / VECTOR + 1) * VECTOR);
    }

    /** Computes ranges until none is left; returns whether there was one. */
    private boolean work(int thread) {
        boolean any = false;
        while (true) {
            long seen = untaken.get();
            int left = (int) seen;
            if (left == 0) {
                return any;
            }
            Range loop = body;
            int total = length;
            int size = grain;
            // Fails if the loop that was read is another one.
            if (untaken.compareAndSet(seen, seen - 1)) {
                any = true;
                int range = ranges(total, size) - left;
                try {
                    loop.run(start(range, size), end(range, size, total), thread);
                } catch (RuntimeException | Error e) {
                    failure.compareAndSet(null, e);
                }
                if (unfinished.decrementAndGet() == 0) {
                    LockSupport.unpark(waiting);
                }
            }
        }
    }

    /** Waits for ranges that helpers have taken. */
    private void await(long now) {
        long deadline = now + LOOK_NANOS;
        for (int i = 1; unfinished.get() > 0; i++) {
            if (i % LOOKS_PER_CLOCK != 0 || nanoTime.getAsLong() - deadline < 0) {
                Thread.onSpinWait();
                continue;
            }
            waiting = Thread.currentThread();
            while (unfinished.get() > 0) {
                LockSupport.park(this);
            }
            waiting = null;
        }
    }

    /** Ends the helpers, and waits until they have ended. */
    @Override
    public void close() {
        closed = true;
        for (Helper helper : helpers) {
            LockSupport.unpark(helper);
        }
        try {
            for (Helper helper : helpers) {
                helper.join(CLOSE_MILLIS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private final class Helper extends Thread {
        private final int index;
        private volatile boolean sleeps;

        Helper(String name, int index) {
            super(name);
            this.index = index;
            setDaemon(true);
        }

        @Override
        public void run() {
            while (!closed) {
                if (!work(index) && !finds()) {
                    sleep();
                }
            }
        }

        /** Looks for work for a short time; returns whether there is some. */
        private boolean finds() {
            long deadline = nanoTime.getAsLong() + LOOK_NANOS;
            for (int i = 1; i % LOOKS_PER_CLOCK != 0 || nanoTime.getAsLong() - deadline < 0; i++) {
                if (isWork()) {
                    return true;
                }
                Thread.onSpinWait();
            }
            return false;
        }

        private boolean isWork() {
            return (int) untaken.get() != 0;
        }

        private void sleep() {
            sleeps = true;
            // A loop that starts from here on sees that this helper sleeps.
            if (!isWork() && !closed) {
                LockSupport.park(ThreadTeam.this);
            }
            sleeps = false;
        }

        private void wake() {
            if (sleeps) {
                LockSupport.unpark(this);
            }
        }
    }
}
