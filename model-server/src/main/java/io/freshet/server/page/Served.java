package io.freshet.server.page;

/**
 * How a model was served during a tick. NaN stands for unknown.
 *
 * @param version samples learned by the parameters that answer
 * @param ageSeconds age of these parameters
 * @param learned samples learned per second
 * @param behind records of the samples topic still to be learned
 * @param requests completed per second
 * @param p50 median duration of these requests, seconds
 * @param p99 99th percentile of their durations, seconds
 */
record Served(
        double version, double ageSeconds, double learned, double behind, double requests, double p50, double p99) {
    /** Returns the values of a point of a curve. */
    double[] values() {
        return new double[] {version, ageSeconds, learned, behind, requests, p50, p99};
    }
}
