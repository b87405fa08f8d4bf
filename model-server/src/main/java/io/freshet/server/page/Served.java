package io.freshet.server.page;

/**
 * How a model was served during a tick. NaN stands for unknown.
 *
 * @param version samples learned by the parameters that answer
 * @param ageSeconds age of these parameters
 * @param learned samples learned per second
 * @param behind records of the samples topic still to be learned
 * @param requests the requests that were completed, with their durations in seconds
 */
record Served(double version, double ageSeconds, double learned, double behind, RequestPace requests) {
    /** Returns the values of a point of a curve. */
    double[] values() {
        return new double[] {
            version, ageSeconds, learned, behind, requests.perSecond(), requests.quantile(0.5), requests.quantile(0.99)
        };
    }
}
