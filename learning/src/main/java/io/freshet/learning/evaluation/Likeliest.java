package io.freshet.learning.evaluation;

/** The likeliest classes of a prediction; of equal ones, the first. */
final class Likeliest {
    private Likeliest() {}

    /** Returns the likeliest of {@code count} classes whose numbers start at {@code at}. */
    static int of(float[] numbers, int at, int count) {
        int best = 0;
        for (int j = 1; j < count; j++) {
            if (numbers[at + j] > numbers[at + best]) {
                best = j;
            }
        }
        return best;
    }

    /** Returns 1 if a class is one of the k likeliest, and 0 if not; NaN if samples have no k. */
    static double includes(int target, PredictedSamples samples, int at) {
        if (samples.topK() == 0) {
            return Double.NaN;
        }
        float[] predictions = samples.predictions();
        float ofTarget = predictions[at + target];
        int likelier = 0;
        for (int j = 0; j < samples.outputs(); j++) {
            boolean before = predictions[at + j] > ofTarget || predictions[at + j] == ofTarget && j < target;
            likelier += before ? 1 : 0;
        }
        return likelier < samples.topK() ? 1 : 0;
    }
}
