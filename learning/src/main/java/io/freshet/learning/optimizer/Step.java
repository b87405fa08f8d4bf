package io.freshet.learning.optimizer;

/**
 * What all coordinates of one update share: the learning rate, the count of updates, and what an optimizer derives from
 * them once. Made once for a learner and set anew for each update.
 */
public final class Step {
    private float learningRate;
    private long number;
    float firstCorrection = 1;
    float secondCorrection = 1;

    /**
     * Starts an update.
     *
     * @param learningRate &gt; 0, as the schedule has it
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
}
