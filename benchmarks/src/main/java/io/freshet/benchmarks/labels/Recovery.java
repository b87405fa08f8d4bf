package io.freshet.benchmarks.labels;

import io.freshet.learning.features.Stage;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** How long a model takes to unlearn a confident error: it predicts 0.99, and from then on the rate is 0.1. */
final class Recovery {
    /** Seconds from a request to its conversion. */
    static final int DELAY = 200;

    private static final double RATE = 0.1;
    private static final double CONFIDENT = 0.99;
    private static final double GOOD_LOSS = 0.5;
    private static final int PROBES = 16;
    private static final int LONGEST = 20_000;

    private Recovery() {}

    /** Returns how many requests are made until the expected log loss is below 0.5. */
    static int requests(Subject subject, Method method, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        List<Request> requests = new ArrayList<>();
        for (int second = 0; second < LONGEST; second++) {
            Subject.Features features = subject.draw(random);
            double converted = random.nextDouble() < RATE ? DELAY : Request.NEVER;
            int category = Math.min(features.category(), 0);
            requests.add(new Request(second, features.numbers(), category, RATE, converted, Request.NEVER));
        }
        LabelRun run = new LabelRun(subject, method);
        List<Request> probes = requests.subList(0, PROBES);
        for (int i = 0; smallest(run, probes) < CONFIDENT; i++) {
            run.learn(new LabelEvent(0, requests.get(i % LONGEST), Stage.COMPLETE, 1, 0));
        }
        for (LabelEvent event : LabelEvent.of(requests, method)) {
            if (event.stage() != null) {
                run.learn(event);
            } else if (loss(run, probes) < GOOD_LOSS) {
                return event.request().second();
            }
        }
        return LONGEST;
    }

    private static double smallest(LabelRun run, List<Request> probes) {
        return probes.stream().mapToDouble(run::predict).min().orElseThrow();
    }

    private static double loss(LabelRun run, List<Request> probes) {
        return probes.stream()
                .mapToDouble(run::predict)
                .map(LabelResult::probability)
                .map(p -> -RATE * Math.log(p) - (1 - RATE) * Math.log1p(-p))
                .average()
                .orElseThrow();
    }
}
