package io.freshet.benchmarks.labels;

import java.util.List;

/** How close predictions were to the true probabilities. */
final class LabelResult {
    private static final double SMALLEST = 1e-7;

    private final double[] excess;
    private double predicted;
    private double truth;
    private double sum;
    private int count;

    LabelResult(int requests) {
        excess = new double[requests];
    }

    /** Returns the nearest probability in (0, 1). */
    static double probability(double prediction) {
        return Math.max(SMALLEST, Math.min(1 - SMALLEST, prediction));
    }

    /** Adds the prediction of a request. */
    void add(Request request, double prediction) {
        double rate = request.rate();
        double p = probability(prediction);
        excess[request.second()] = rate * Math.log(rate / p) + (1 - rate) * Math.log((1 - rate) / (1 - p));
        if (request.second() >= excess.length / 2) {
            predicted += prediction;
            truth += rate;
            sum += excess[request.second()];
            count++;
        }
    }

    /** Returns the mean prediction in the second half, divided by the true rate. */
    double bias() {
        return predicted / truth;
    }

    /** Returns the mean log loss in the second half, above that of the true probabilities. */
    double excess() {
        return sum / count;
    }

    /** Returns the mean excess of consecutive requests, over several runs. */
    static double[] curve(List<LabelResult> runs, int requests) {
        double[] means = new double[runs.get(0).excess.length / requests];
        for (LabelResult run : runs) {
            for (int i = 0; i < means.length * requests; i++) {
                means[i / requests] += run.excess[i] / requests / runs.size();
            }
        }
        return means;
    }
}
