package io.freshet.benchmarks.labels;

import io.freshet.learning.spec.ModelSpec;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;

/** A world in which the rate of requests changes, and nothing else: one request a second at first. Its delays are exponential. */
enum Traffic {
    PAUSE("A pause as long as `within`"),
    NIGHT("A night with a tenth of the requests");

    /** Optimizers, by title. */
    static final Map<String, String> OPTIMIZERS = optimizers();

    /** An {@code after} that 8% of the positives miss. */
    static final int LONG_AFTER = 5_000;

    private final String title;

    Traffic(String title) {
        this.title = title;
    }

    String title() {
        return title;
    }

    private static Map<String, String> optimizers() {
        Map<String, String> optimizers = new LinkedHashMap<>();
        optimizers.put("`sgd`, 0.02", "{type: sgd, learningRate: 0.02}");
        optimizers.put("`sgd`, 0.001", "{type: sgd, learningRate: 0.001}");
        optimizers.put("`adagrad`", "adagrad");
        optimizers.put("`normalized-adagrad`", "normalized-adagrad");
        optimizers.put("`scale-free`", "scale-free");
        return optimizers;
    }

    /** Returns the methods to compare, with the true share of late positives. */
    static List<Method> methods(List<Request> drawn) {
        List<Method> methods = new ArrayList<>();
        Method.atOnce(Scenario.WITHIN).stream()
                .filter(method -> method.late() == 0 && (method.corrects() || method.hasFinalLabels()))
                .forEach(methods::add);
        double share = Scenario.late(drawn, Scenario.AFTER);
        Method.later(Scenario.WITHIN, Scenario.AFTER, share).stream()
                .filter(method -> method.late() < 1)
                .forEach(methods::add);
        methods.add(Method.retract(Scenario.WITHIN, LONG_AFTER));
        return methods;
    }

    /**
     * Draws requests until twice the steady time after the first change.
     *
     * @param within the longest delay in seconds, and the length of a pause
     * @param steady seconds until the rate changes, and those of a night
     */
    List<Request> draw(int within, int steady, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        ToDoubleFunction<Subject.Features> truth = Subject.SGD.truth(random);
        List<Request> requests = new ArrayList<>();
        for (int second = 0; second < 3 * steady; second++) {
            if (hasRequest(second, within, steady)) {
                requests.add(Scenario.EXPONENTIAL
                        .request(second, Subject.SGD.draw(random), truth, random)
                        .slower((double) within / Scenario.WITHIN));
            }
        }
        return requests;
    }

    private boolean hasRequest(int second, int within, int steady) {
        boolean changed = second >= steady;
        return switch (this) {
            case PAUSE -> !changed || second >= steady + Math.min(within, steady);
            case NIGHT -> !changed || second >= 2 * steady || second % 10 == 0;
        };
    }

    /** Lets a learner predict the requests and learn their labels. */
    static LabelResult run(String optimizer, Method method, List<Request> requests) {
        ModelSpec spec = ModelSpec.parse("{name: m, label: y, loss: binary-cross-entropy, features: {categorical: [c], "
                + "hashBits: 5}, optimizer: " + optimizer + method.join() + "}");
        return new LabelRun(spec, method).run(requests);
    }
}
