package io.freshet.learning.evaluation;

/**
 * Sums over the updates of a window: norms of gradients and changes, clipped updates and rejected samples.
 *
 * <p>Norms are measured at every {@value #EVERY}th update and at the first of a window, since measuring costs as much
 * as a small update.
 */
public final class UpdateTally {
    public static final int EVERY = 64;
    static final int SUMS = 7;

    // A window has at most 2^31 - 1 samples, so these counts fit; rejected samples do not end it.
    private int updates;
    private int measured;
    private int clipped;
    private int samples;
    private int rejected;
    private double gradientNorm;
    private double updateNorm;
    private double learningRate;

    public UpdateTally() {}

    /**
     * Restores a tally.
     *
     * @param sums as {@link #sums} returns them
     */
    public UpdateTally(double[] sums, double learningRate) {
        if (sums.length != SUMS) {
            throw new IllegalArgumentException("sums: " + sums.length + " (expected: " + SUMS + ")");
        }
        updates = (int) sums[0];
        measured = (int) sums[1];
        gradientNorm = sums[2];
        updateNorm = sums[3];
        clipped = (int) sums[4];
        samples = (int) sums[5];
        rejected = (int) sums[6];
        this.learningRate = learningRate;
    }

    private UpdateTally(UpdateTally from) {
        copy(from);
        learningRate = from.learningRate;
    }

    private void copy(UpdateTally from) {
        updates = from.updates;
        measured = from.measured;
        clipped = from.clipped;
        samples = from.samples;
        rejected = from.rejected;
        gradientNorm = from.gradientNorm;
        updateNorm = from.updateNorm;
    }

    /** Returns whether to measure the norms of the next update, whose number is t, from 0. */
    public boolean measures(long t) {
        return t % EVERY == 0 || updates == 0;
    }

    /** Adds an update. */
    public void add(int count, double rate, boolean wasClipped) {
        updates++;
        samples += count;
        clipped += wasClipped ? 1 : 0;
        learningRate = rate;
    }

    /** Adds the Euclidean norms of a measured update: of the gradient before clipping, and of the parameter change. */
    public void addNorms(double ofGradient, double ofUpdate) {
        measured++;
        gradientNorm += ofGradient;
        updateNorm += ofUpdate;
    }

    /** Adds a sample rejected for its gradient. */
    public void addRejected() {
        rejected = Math.max(rejected, rejected + 1);
    }

    /** Adds the updates of another tally, which were later. */
    public void add(UpdateTally later) {
        updates += later.updates;
        measured += later.measured;
        clipped += later.clipped;
        samples += later.samples;
        rejected += later.rejected;
        gradientNorm += later.gradientNorm;
        updateNorm += later.updateNorm;
        learningRate = later.updates > 0 ? later.learningRate : learningRate;
    }

    /** Starts a new window. */
    public void clear() {
        copy(new UpdateTally());
    }

    public UpdateMetrics metrics() {
        double ofMeasured = Math.max(1, measured);
        return new UpdateMetrics(
                updates,
                learningRate,
                gradientNorm / ofMeasured,
                updateNorm / ofMeasured,
                clipped / Math.max(1.0, updates),
                rejected / Math.max(1, (double) samples + rejected));
    }

    /** Returns the sums as numbers, in the order of checkpoints. */
    public double[] sums() {
        return new double[] {updates, measured, gradientNorm, updateNorm, clipped, samples, rejected};
    }

    /** Returns the learning rate of the last update. */
    public double learningRate() {
        return learningRate;
    }

    public UpdateTally copy() {
        return new UpdateTally(this);
    }
}
