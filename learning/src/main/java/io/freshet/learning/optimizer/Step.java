package io.freshet.learning.optimizer;

/**
 * What all coordinates of one update share: the learning rate, the count of updates, what an optimizer derives from them
 * once, and scratch space. Made once for a learner and set anew for each update; for one thread.
 */
public final class Step {
    private float learningRate;
    private long number;
    private final float[][] vectors = new float[4][0];
    private int[] coordinates = {};
    final Tile tile = new Tile();

    /** What {@link Optimizer#prepare} worked out for the loops; each optimizer says what it is. */
    float first;

    float second;

    /**
     * Starts an update.
     *
     * @param learningRate at least 0, as the schedule has it
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

    /** Returns scratch space for the indices of parameters, at least so many. */
    int[] coordinates(int length) {
        if (coordinates.length < length) {
            coordinates = new int[length * 2];
        }
        return coordinates;
    }

    /** Returns scratch space for one number beside each parameter; what is in it is left over from the last use. */
    float[] vector(int which, int length) {
        if (vectors[which].length != length) {
            vectors[which] = new float[length];
        }
        return vectors[which];
    }
}
