package io.freshet.learning.math;

/**
 * Decides whether a team shares its loops, from how long {@link #WINDOW} of them took shared and alone.
 *
 * <p>If sharing is not faster, the team works alone for two windows, and for twice as many each time, up to {@link #MOST_WINDOWS}.
 * While sharing is faster, one window in {@link #MOST_WINDOWS} runs alone, to measure that again. Not thread-safe.
 */
final class SharingDecision {
    /** Loops that are measured together: several batches. */
    private static final int WINDOW = 64;

    private static final int MOST_WINDOWS = 64;

    private boolean shared = true;
    /** Windows until the other way is measured. */
    private int windows = 1;
    /** Windows that the team works alone if sharing is not faster; half of it the first time. */
    private int pause = 1;

    private int loops;
    private long time;
    /** The smaller of the last two, since a pause of the JVM makes one too large. */
    private long timeAlone = Long.MAX_VALUE;

    private long previousAlone = Long.MAX_VALUE;

    /** Returns whether to share the next loop. */
    boolean isShared() {
        return shared;
    }

    /** Adds the time of a loop, in nanoseconds. */
    void add(long nanos) {
        time += nanos;
        if (++loops < WINDOW) {
            return;
        }
        windows--;
        if (!shared) {
            timeAlone = Math.min(previousAlone, time);
            previousAlone = time;
            if (windows == 0) {
                share(true, MOST_WINDOWS);
            }
        } else if (time >= timeAlone) {
            pause = Math.min(MOST_WINDOWS, 2 * pause);
            share(false, pause);
        } else {
            pause = Math.max(1, pause / 2);
            if (windows == 0) {
                share(false, 1);
            }
        }
        loops = 0;
        time = 0;
    }

    private void share(boolean next, int count) {
        shared = next;
        windows = count;
    }
}
