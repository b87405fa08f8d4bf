package io.freshet.learning;

import io.freshet.learning.model.Weights;

/** Concatenates the parameters and slots of a model in the order in which they are serialized. */
public final class FlatWeights {
    private FlatWeights() {}

    public static float[] of(Weights weights) {
        float[] all = new float[(int) (weights.bytes() / Float.BYTES)];
        int at = 0;
        for (float[] array : weights.arrays()) {
            System.arraycopy(array, 0, all, at, array.length);
            at += array.length;
        }
        return all;
    }
}
