package io.freshet.benchmarks.labels;

/**
 * A request of which the future is known.
 *
 * @param second when it was made, from 0
 * @param numbers numeric features
 * @param category a category, from 0; -1 if the model has none
 * @param rate the probability that its final label is 1
 * @param converted seconds until its label becomes 1; {@link #NEVER} if it does not
 * @param refunded seconds until its label becomes 0 again; {@link #NEVER} if it does not
 */
record Request(int second, double[] numbers, int category, double rate, double converted, double refunded) {
    static final double NEVER = Double.POSITIVE_INFINITY;

    /** Returns one whose label changes after a multiple of the time. */
    Request slower(double factor) {
        return new Request(second, numbers, category, rate, factor * converted, factor * refunded);
    }

    /** Returns the label as it is known at an age in seconds. */
    int label(double age) {
        return converted <= age && refunded > age ? 1 : 0;
    }
}
