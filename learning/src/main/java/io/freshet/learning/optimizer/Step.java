package io.freshet.learning.optimizer;

/**
 * One update by an optimizer: the values that all coordinates share, such as the learning rate and what the optimizer derives from
 * it, and scratch space. Reused from update to update; not thread-safe.
 *
 * <p>{@link #start} begins each update. A step that was never started throws an {@link IllegalStateException} when it is used.
 */
public final class Step {
    private final Optimizer optimizer;
    private float learningRate;
    /** 0 before the first update. */
    private long number;

    private float first;
    private float second;
    private final float[][] vectors = new float[4][0];
    private int[] coordinates = {};
    final Tile tile;
    private int stride;
    private float factor = 1;
    private boolean decays = true;

    /** @param optimizer whose updates these are */
    public Step(Optimizer optimizer) {
        this.optimizer = optimizer;
        tile = new Tile(optimizer.needsObjective() ? 0 : optimizer.slots());
    }

    /**
     * Starts an update.
     *
     * @param learningRate at least 0, from the schedule
     * @param number t: 1 for the first update of this model and key
     */
    public void start(float learningRate, long number) {
        this.learningRate = learningRate;
        this.number = number;
        factor = 1;
        decays = true;
        optimizer.prepare(this);
    }

    /** Starts the same update as another step of this optimizer. */
    public void startAs(Step other) {
        if (other != this) {
            start(other.learningRate, other.number);
            decays = other.decays;
        }
    }

    /** Multiplies the gradient of rows of one coordinate by a factor, until the next update. */
    public void scale(float by) {
        factor = by;
    }

    /** Sets whether weights decay in this update. */
    public void decays(boolean value) {
        decays = value;
    }

    boolean decays() {
        return decays;
    }

    /** Sets the distance between the parameters of adjacent rows. */
    void stride(int distance) {
        stride = distance;
    }

    int stride() {
        return stride;
    }

    float factor() {
        return factor;
    }

    /** Returns the part of the weights with squared gradients. */
    int squares() {
        return 1 + optimizer.squares();
    }

    /** Stores the values that the optimizer derives for its loops; it documents their use. */
    void share(float first, float second) {
        this.first = first;
        this.second = second;
    }

    float learningRate() {
        requireStarted();
        return learningRate;
    }

    long number() {
        requireStarted();
        return number;
    }

    float first() {
        requireStarted();
        return first;
    }

    float second() {
        requireStarted();
        return second;
    }

    private void requireStarted() {
        if (number == 0) {
            throw new IllegalStateException(
                    "step: not started (expected: start(learningRate, number) before each update)");
        }
    }

    /** Returns scratch space for at least {@code length} indices. */
    int[] coordinates(int length) {
        if (coordinates.length < length) {
            coordinates = new int[length * 2];
        }
        return coordinates;
    }

    /** Returns scratch space for one number per parameter; its contents are stale. */
    float[] vector(int which, int length) {
        if (vectors[which].length != length) {
            vectors[which] = new float[length];
        }
        return vectors[which];
    }
}
