package io.freshet.job.join.score;

import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.loop.JoinCount;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** Specifications with a join, and what it sends, for tests. */
final class ClosedRequests {
    static final long AFTER = 600_000;
    private static final List<String> ORIGINS = Arrays.asList("SEA", "JFK", "ORD", null);
    private static final List<String> LABELS = Arrays.asList("stable", "canary", null);

    /** That of {@link #binary}, for which {@link ScoreHarness} sets that of the specification. */
    static final int SHAPE = ClosedRequest.shape(binary("any"));

    private ClosedRequests() {}

    static ModelSpec binary(String name) {
        return spec(name, "loss: binary-cross-entropy, evaluation: {window: 50}", "slices: [origin]");
    }

    /** @param join besides its durations */
    static ModelSpec spec(String name, String rest, String join) {
        return ModelSpec.parse("""
                {name: %s, label: y, features: {numeric: [a], categorical: [origin]}, %s, join: {within: 1h, after: 10m, %s}}
                """.formatted(name, rest, join));
    }

    static ClosedRequest of(String model, double prediction, double label, @Nullable String origin) {
        return new ClosedRequest(model, label, 1_000, answer(prediction), SHAPE, Arrays.asList(origin));
    }

    static AnsweredPrediction answer(double prediction) {
        return new AnsweredPrediction(new float[] {(float) prediction}, 500, null);
    }

    /** Returns a request with or without an outcome, a label, a prediction, an age, and a value. */
    static ClosedRequest random(String model, SplittableRandom random) {
        float p = (float) random.nextDouble();
        boolean outcome = random.nextInt(3) > 0;
        boolean labeled = random.nextInt(10) > 0;
        double label = outcome && random.nextDouble() < p ? 1 : 0;
        AnsweredPrediction answer = random.nextInt(10) == 0
                ? null
                : new AnsweredPrediction(
                        random.nextInt(20) == 0 ? new float[] {2} : new float[] {p},
                        random.nextInt(10) == 0
                                ? AnsweredPrediction.UNKNOWN_AGE
                                : (long) Math.exp(random.nextDouble(0, 18)),
                        LABELS.get(random.nextInt(LABELS.size())));
        return new ClosedRequest(
                model,
                labeled ? (Double) label : null,
                outcome ? (long) Math.exp(random.nextDouble(0, 15.0)) : ClosedRequest.NO_OUTCOME,
                answer,
                SHAPE,
                Arrays.asList(ORIGINS.get(random.nextInt(ORIGINS.size()))));
    }

    static JoinDelta delta(String model, JoinCount count, long by) {
        long[] counts = new long[JoinCount.values().length];
        counts[count.ordinal()] = by;
        return new JoinDelta(model, counts);
    }
}
