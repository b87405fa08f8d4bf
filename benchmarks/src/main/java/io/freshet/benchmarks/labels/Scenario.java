package io.freshet.benchmarks.labels;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;

/** A world in which requests convert after a delay: one request a second. */
enum Scenario {
    EXPONENTIAL("Exponential delays"),
    HEAVY_TAIL("Delays with a heavy tail"),
    DRIFT("Exponential delays; the truth changes halfway"),
    REFUNDS("Exponential delays; 30% of the conversions are refunded");

    static final int WITHIN = 10_000;
    static final int AFTER = 1_400;
    private static final double MEAN_DELAY = 2_000;
    private static final double TAIL_SCALE = 250;
    private static final double TAIL_EXPONENT = 0.6;
    private static final double REFUNDED = 0.3;

    private final String title;

    Scenario(String title) {
        this.title = title;
    }

    String title() {
        return title;
    }

    /** Draws requests of a subject. */
    List<Request> draw(Subject subject, int count, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        ToDoubleFunction<Subject.Features> before = subject.truth(random);
        ToDoubleFunction<Subject.Features> after = this == DRIFT ? subject.truth(random) : before;
        List<Request> requests = new ArrayList<>();
        for (int second = 0; second < count; second++) {
            requests.add(request(second, subject.draw(random), second < count / 2 ? before : after, random));
        }
        return requests;
    }

    /** Draws what happens to a request. */
    Request request(
            int second, Subject.Features features, ToDoubleFunction<Subject.Features> truth, SplittableRandom random) {
        double rate = truth.applyAsDouble(features);
        double delay = delay(random.nextDouble());
        double refund = delay + random.nextDouble() * (WITHIN - delay);
        boolean converts = random.nextDouble() < rate;
        boolean refunds = random.nextDouble() < REFUNDED && this == REFUNDS;
        return new Request(
                second,
                features.numbers(),
                features.category(),
                this == REFUNDS ? rate * (1 - REFUNDED) : rate,
                converts ? delay : Request.NEVER,
                refunds ? refund : Request.NEVER);
    }

    /** Returns the delay with a quantile, in seconds; none is above {@link #WITHIN}. */
    private double delay(double quantile) {
        if (this == HEAVY_TAIL) {
            double covered = 1 - Math.pow(1 + WITHIN / TAIL_SCALE, -TAIL_EXPONENT);
            return TAIL_SCALE * (Math.pow(1 - quantile * covered, -1 / TAIL_EXPONENT) - 1);
        }
        return -MEAN_DELAY * Math.log1p(quantile * Math.expm1(-WITHIN / MEAN_DELAY));
    }

    /** Returns the share of conversions that are later than an age. */
    static double late(List<Request> requests, double age) {
        double converted = 0;
        double late = 0;
        for (Request request : requests) {
            if (request.converted() < Request.NEVER) {
                converted++;
                late += request.converted() > age ? 1 : 0;
            }
        }
        return converted == 0 ? 1 : late / converted;
    }
}
