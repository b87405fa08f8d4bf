package io.freshet.benchmarks.labels;

import io.freshet.learning.spec.ModelSpec;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;

/** A model to train, and the features and truth that it can learn. */
enum Subject {
    SGD("`sgd`", "features: {categorical: [c], hashBits: 5}, optimizer: {type: sgd, learningRate: 0.05}"),
    BY_DEFAULT("`normalized-adagrad`", "features: {categorical: [c], hashBits: 5}"),
    NETWORK("network", "features: {numeric: [a, b]}, model: {type: mlp, hidden: [16]}");

    static final int CATEGORIES = 20;

    private final String title;
    private final String spec;

    Subject(String title, String spec) {
        this.title = title;
        this.spec = spec;
    }

    String title() {
        return title;
    }

    ModelSpec spec(String join) {
        return ModelSpec.parse("{name: m, label: y, loss: binary-cross-entropy, " + spec + join + "}");
    }

    /** Draws the features of a request. */
    Features draw(SplittableRandom random) {
        return this == NETWORK
                ? new Features(new double[] {random.nextGaussian(), random.nextGaussian()}, -1)
                : new Features(new double[0], random.nextInt(CATEGORIES));
    }

    /** Returns the probability of a conversion as a function of the features. */
    ToDoubleFunction<Features> truth(SplittableRandom random) {
        if (this == NETWORK) {
            double sign = random.nextBoolean() ? 1 : -1;
            double other = random.nextBoolean() ? 1 : -1;
            return features -> sigmoid(-2
                    + sign * 1.5 * Math.sin(2 * features.numbers[0])
                    + other * features.numbers[0] * features.numbers[1]);
        }
        double[] logits = random.doubles(CATEGORIES)
                .map(any -> 1.5 * random.nextGaussian() - 1.5)
                .toArray();
        return features -> sigmoid(logits[features.category]);
    }

    private static double sigmoid(double logit) {
        return 1 / (1 + Math.exp(-logit));
    }

    /**
     * The features of a request.
     *
     * @param category -1 for none
     */
    record Features(double[] numbers, int category) {}
}
