package io.freshet.learning.math;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The threads that share the loops of one learner: the thread that calls {@link #run}, and helpers that wait for it.
 *
 * <p>A loop is split into ranges by its length and grain alone, and a range writes only what is its own. So a result has the
 * same bits for every number of threads, whichever thread computes which range. Each thread starts with a block of ranges that is
 * the same in every loop of that length, so what it wrote is still in its cache, and then takes what is left of the other blocks: a
 * helper that is late finds none left, and delays nobody.
 *
 * <p>A helper without work looks for some for {@link #LOOK_NANOS}, which is longer than the pauses between the loops of a batch, and
 * then sleeps until the next loop.
 *
 * <p>Sharing may be slower than one thread: if other threads use the cores, or while the cores of a virtual machine are far from
 * each other. So the team measures, and runs loops alone while that is faster ({@link SharingDecision}).
 *
 * <p>Loops allocate nothing. One thread at a time may call {@link #run}. Pinned by {@code ThreadTeamTest}.
 */
public final class ThreadTeam implements AutoCloseable {
    /** The calling thread alone. */
    public static final ThreadTeam ALONE = new ThreadTeam(1, "", () -> 0);

    private static final long LOOK_NANOS = TimeUnit.MICROSECONDS.toNanos(50);
    private static final int LOOKS_PER_CLOCK = 32;
    private static final long CLOSE_MILLIS = TimeUnit.SECONDS.toMillis(10);
    private static final long COUNT = 0xffff_ffffL;
    private static final int VECTOR = 16;
    /** Longs in two cache lines, since they are fetched in pairs. */
    private static final int LINE = 16;

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
    /**
     * For each block of ranges, in a cache line of its own: the number of the loop, and the count of ranges that no thread has taken
     * yet, in the lower half.
     */
    private final AtomicLongArray untaken;

    private final AtomicInteger unfinished = new AtomicInteger();
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    /** The thread that sleeps until all ranges are finished, or null. */
    private volatile @Nullable Thread waiting;

    private volatile boolean closed;

    // The loop, written before its ranges can be taken, and not before all ranges of the last one are finished.
    private int length;
    private int grain;
    private Range body = (from, to, thread) -> {};

    private final SharingDecision decision = new SharingDecision();

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
        untaken = new AtomicLongArray(threads * LINE);
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
        if (ranges <= 1 || helpers.length == 0) {
            alone(ranges, length, grain, loop);
            return;
        }
        long start = nanoTime.getAsLong();
        if (decision.isShared()) {
            share(ranges, length, grain, loop);
        } else {
            alone(ranges, length, grain, loop);
        }
        decision.add(nanoTime.getAsLong() - start);
        rethrow(failure.getAndSet(null));
    }

    private void share(int ranges, int length, int grain, Range loop) {
        this.length = length;
        this.grain = grain;
        body = loop;
        unfinished.set(ranges);
        int blocks = Math.min(threads(), ranges);
        for (int i = 0; i < blocks; i++) {
            int count = firstRange(i + 1, ranges, blocks) - firstRange(i, ranges, blocks);
            untaken.set(i * LINE, (untaken.get(i * LINE) & ~COUNT) + COUNT + 1 + count);
        }
        for (int i = 0; i < blocks - 1; i++) {
            helpers[i].wake();
        }
        work(0);
        await();
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

    private static int firstRange(int block, int ranges, int blocks) {
        return (int) ((long) block * ranges / blocks);
    }

    /** Computes ranges until none is left, those of the thread's own block first; returns whether there was one. */
    private boolean work(int thread) {
        boolean any = false;
        for (int i = 0; i < threads(); i++) {
            any |= work((thread + i) % threads(), thread);
        }
        return any;
    }

    private boolean work(int block, int thread) {
        int finished = 0;
        while (true) {
            long seen = untaken.get(block * LINE);
            int left = (int) seen;
            if (left == 0) {
                break;
            }
            Range loop = body;
            int total = length;
            int size = grain;
            // Fails if the loop that was read is another one.
            if (untaken.compareAndSet(block * LINE, seen, seen - 1)) {
                finished++;
                int ranges = ranges(total, size);
                int range = firstRange(block + 1, ranges, Math.min(threads(), ranges)) - left;
                try {
                    loop.run(start(range, size), end(range, size, total), thread);
                } catch (RuntimeException | Error e) {
                    failure.compareAndSet(null, e);
                }
            }
        }
        if (finished > 0 && unfinished.addAndGet(-finished) == 0) {
            LockSupport.unpark(waiting);
        }
        return finished > 0;
    }

    /** Waits for ranges that helpers have taken. */
    private void await() {
        long deadline = nanoTime.getAsLong() + LOOK_NANOS;
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
            for (int i = 1; !closed && (i % LOOKS_PER_CLOCK != 0 || nanoTime.getAsLong() - deadline < 0); i++) {
                if (isWork()) {
                    return true;
                }
                Thread.onSpinWait();
            }
            return false;
        }

        private boolean isWork() {
            for (int i = 0; i < threads(); i++) {
                if ((int) untaken.get(i * LINE) != 0) {
                    return true;
                }
            }
            return false;
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
