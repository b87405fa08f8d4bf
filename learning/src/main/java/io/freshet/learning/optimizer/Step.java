package io.freshet.learning.optimizer;

/**
 * The values that all coordinates of one update share: the learning rate, the update number, the values that an optimizer derives
 * from them, and scratch space. Reused from update to update; not thread-safe.
 */
public final class Step {
    private float learningRate;
    private long number;
    private final float[][] vectors = new float[4][0];
    private int[] coordinates = {};
    final Tile tile = new Tile();

    /** Computed by {@link Optimizer#prepare} for the loops; each optimizer documents its use. */
    float first;

    float second;

    /**
     * Starts an update.
     *
     * @param learningRate at least 0, from the schedule
     * @param number t: 1 for the first update of this model and key
     */
    public void start(float learningRate, long number) {
        this.learningRate = learningRate;
        this.number = number;
    }

    public float learningRate() {
        return learningRate;
    }

    public long number() {
        return number;
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
