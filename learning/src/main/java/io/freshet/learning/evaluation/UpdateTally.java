package io.freshet.learning.evaluation;

import java.util.Arrays;

/**
 * Sums over the updates of a window: norms of gradients and changes, clipped updates and rejected samples.
 *
 * <p>Norms are measured at every {@value #EVERY}th update and at the first of a window, since measuring costs as much
 * as a small update.
 */
public final class UpdateTally {
    public static final int EVERY = 64;
    static final int SUMS = 7;

    private static final int UPDATES = 0;
    private static final int MEASURED = 1;
    private static final int GRADIENT_NORM = 2;
    private static final int UPDATE_NORM = 3;
    private static final int CLIPPED = 4;
    private static final int SAMPLES = 5;
    private static final int REJECTED = 6;

    private final double[] sums;
    private double learningRate;

    public UpdateTally() {
        this(new double[SUMS], 0);
    }

    /**
     * Restores a tally.
     *
     * @param sums as {@link #sums} returns them
     */
    public UpdateTally(double[] sums, double learningRate) {
        if (sums.length != SUMS) {
            throw new IllegalArgumentException("sums: " + sums.length + " (expected: " + SUMS + ")");
        }
        this.sums = sums;
        this.learningRate = learningRate;
    }

    /** Returns whether to measure the norms of the next update, whose number is t, from 0. */
    public boolean measures(long t) {
        return t % EVERY == 0 || sums[UPDATES] == 0;
    }

    /** Adds an update. */
    public void add(int samples, double rate, boolean clipped) {
        sums[UPDATES]++;
        sums[SAMPLES] += samples;
        sums[CLIPPED] += clipped ? 1 : 0;
        learningRate = rate;
    }

    /** Adds the Euclidean norms of a measured update: of the gradient before clipping, and of the parameter change. */
    public void addNorms(double gradientNorm, double updateNorm) {
        sums[MEASURED]++;
        sums[GRADIENT_NORM] += gradientNorm;
        sums[UPDATE_NORM] += updateNorm;
    }

    /** Adds a sample rejected for its gradient. */
    public void addRejected() {
        sums[REJECTED]++;
    }

    public void clear() {
        Arrays.fill(sums, 0);
    }

    public UpdateMetrics metrics() {
        double measured = Math.max(1, sums[MEASURED]);
        return new UpdateMetrics(
                (long) sums[UPDATES],
                learningRate,
                sums[GRADIENT_NORM] / measured,
                sums[UPDATE_NORM] / measured,
                sums[CLIPPED] / Math.max(1, sums[UPDATES]),
                sums[REJECTED] / Math.max(1, sums[SAMPLES] + sums[REJECTED]));
    }

    public double[] sums() {
        return sums;
    }

    /** Returns the learning rate of the last update. */
    public double learningRate() {
        return learningRate;
    }

    public UpdateTally copy() {
        return new UpdateTally(sums.clone(), learningRate);
    }
}
