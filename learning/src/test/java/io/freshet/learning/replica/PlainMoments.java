package io.freshet.learning.replica;

import io.freshet.learning.features.Sample;

/** Moments of numeric features: the sum of weights, then the mean and the sum of squared deviations of each. */
final class PlainMoments {
    private PlainMoments() {}

    static void welford(double[] moments, Sample sample) {
        moments[0] += sample.weight();
        for (int i = 0; i < sample.numeric().length; i++) {
            double delta = sample.numeric()[i] - moments[1 + 2 * i];
            moments[1 + 2 * i] += sample.weight() * delta / moments[0];
            moments[2 + 2 * i] += sample.weight() * delta * (sample.numeric()[i] - moments[1 + 2 * i]);
        }
    }

    static double[] chan(double[] first, double[] second) {
        double[] both = first.clone();
        both[0] += second[0];
        for (int i = 1; i < both.length; i += 2) {
            double delta = second[i] - first[i];
            double share = first[0] / (first[0] + second[0]);
            both[i] = first[0] == 0 ? second[i] : first[i] + (1 - share) * delta;
            both[i + 1] += second[i + 1] + share * second[0] * delta * delta;
        }
        return both;
    }
}
