package io.freshet.benchmarks.labels;

import io.freshet.learning.spec.ModelSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Requests of 2,000 categories, so that steps are large: a request moves the prediction for its category a good part of the way. Steps
 * that end before the minimum of a loss are then far shorter than its gradient.
 */
final class FewSamples {
    static final List<String> OPTIMIZERS = List.of("scale-free", "normalized-adagrad");
    static final List<String> LOSSES = List.of("binary-cross-entropy", "mean-squared-error", "poisson");

    private static final int CATEGORIES = 2_000;
    private static final double MEAN_DELAY = Scenario.WITHIN / 5.0;

    private FewSamples() {}

    /** Returns the mean prediction, divided by the true rate. */
    static double bias(String optimizer, String loss, Method method, int requests, long seed) {
        ModelSpec spec = ModelSpec.parse("{name: m, label: y, features: {categorical: [c], hashBits: 11}, loss: " + loss
                + ", optimizer: " + optimizer + method.join() + "}");
        return new LabelRun(spec, method)
                .run(draw(requests, seed))
                .from(requests / 2)
                .bias();
    }

    private static List<Request> draw(int count, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        double[] rates = random.doubles(CATEGORIES, 0.05, 0.6).toArray();
        List<Request> requests = new ArrayList<>();
        for (int second = 0; second < count; second++) {
            int category = random.nextInt(CATEGORIES);
            double delay = Math.min(Scenario.WITHIN - 1, -MEAN_DELAY * Math.log1p(-random.nextDouble()));
            double converted = random.nextDouble() < rates[category] ? delay : Request.NEVER;
            requests.add(new Request(second, new double[0], category, rates[category], converted, Request.NEVER));
        }
        return requests;
    }
}
