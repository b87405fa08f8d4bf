package io.freshet.benchmarks.labels;

import io.freshet.learning.features.Sample;
import io.freshet.learning.features.Stage;
import io.freshet.learning.learner.Learner;
import io.freshet.learning.state.LearnerState;
import java.util.List;

/** Lets a learner predict requests and learn their labels as they arrive, and compares its predictions with the truth. */
final class LabelRun {
    private static final double SMALLEST = 1e-7;

    private final Learner learner;
    private final LearnerState state;
    private final int from;
    private final double[] excess;
    private double predicted;
    private double truth;
    private double sum;
    private int count;
    private long offset;

    /**
     * @param from the first request that {@link #bias} and {@link #excess} count
     * @param requests how many there are
     */
    LabelRun(Subject subject, Method method, int from, int requests) {
        learner = new Learner(subject.spec(method.join()));
        state = learner.start();
        this.from = from;
        excess = new double[requests];
    }

    /** Runs all requests, up to the last of them. */
    void run(List<Request> requests, Method method) {
        int end = requests.get(requests.size() - 1).second();
        for (LabelEvent event : LabelEvent.of(requests, method)) {
            if (event.second() > end) {
                return;
            }
            if (event.stage() == null) {
                score(event.request());
            } else {
                learn(event);
            }
        }
    }

    private void score(Request request) {
        double p = predict(request);
        double rate = request.rate();
        double loss = rate * Math.log(rate / p) + (1 - rate) * Math.log((1 - rate) / (1 - p));
        excess[request.second()] = loss;
        if (request.second() >= from) {
            predicted += p;
            truth += rate;
            sum += loss;
            count++;
        }
    }

    /** Returns the prediction for a request, in (0, 1). */
    double predict(Request request) {
        learner.learn(state, sample(request, 0, 0, Stage.COMPLETE, 0));
        return Math.max(SMALLEST, Math.min(1 - SMALLEST, learner.lastPrediction()[0]));
    }

    void learn(LabelEvent event) {
        learner.learn(state, sample(event.request(), event.label(), 1, event.stage(), event.previous()));
    }

    private Sample sample(Request request, int label, float weight, Stage stage, int previous) {
        int[] rows = request.category() < 0 ? new int[0] : new int[] {1 + request.category()};
        float[] values = request.category() < 0 ? new float[0] : new float[] {1};
        return null;
    }

    /** Returns the mean prediction divided by the true rate. */
    double bias() {
        return predicted / truth;
    }

    /** Returns the mean log loss above that of the true probabilities. */
    double excess() {
        return sum / count;
    }

    /** Returns {@link #excess} of each request. */
    double[] excessOfEach() {
        return excess;
    }
}
