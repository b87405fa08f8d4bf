package io.freshet.benchmarks.labels;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** How close predictions were to the true probabilities, for requests in order. */
final class LabelResult {
    private static final double SMALLEST = 1e-7;

    private final List<Answer> answers;

    LabelResult() {
        this(new ArrayList<>());
    }

    private LabelResult(List<Answer> answers) {
        this.answers = answers;
    }

    /** Returns the nearest probability in (0, 1). */
    static double probability(double prediction) {
        return Math.max(SMALLEST, Math.min(1 - SMALLEST, prediction));
    }

    /** Adds the prediction of the next request. */
    void add(Request request, double prediction) {
        double rate = request.rate();
        double p = probability(prediction);
        double excess = rate * Math.log(rate / p) + (1 - rate) * Math.log((1 - rate) / (1 - p));
        answers.add(new Answer(request.second(), rate, prediction, excess));
    }

    /** Returns the result of the requests since a second. */
    LabelResult from(int second) {
        return new LabelResult(
                answers.stream().filter(answer -> answer.second >= second).toList());
    }

    /**
     * Splits the requests into groups of consecutive ones, and returns the result of the worst group.
     *
     * @param requests in each group
     */
    LabelResult worst(int requests) {
        LabelResult worst = new LabelResult(answers.subList(0, requests));
        for (int end = 2 * requests; end <= answers.size(); end += requests) {
            LabelResult next = new LabelResult(answers.subList(end - requests, end));
            worst = next.excess() > worst.excess() ? next : worst;
        }
        return worst;
    }

    /** Returns the mean prediction, divided by the true rate. */
    double bias() {
        return mean(Answer::prediction) / mean(Answer::rate);
    }

    /** Returns the mean log loss, above that of the true probabilities. */
    double excess() {
        return mean(Answer::excess);
    }

    private double mean(ToDoubleFunction<Answer> value) {
        return answers.stream().mapToDouble(value).average().orElseThrow();
    }

    /** Returns the mean excess of consecutive requests, over several runs. */
    static double[] curve(List<LabelResult> runs, int requests) {
        double[] means = new double[runs.get(0).answers.size() / requests];
        for (LabelResult run : runs) {
            for (int i = 0; i < means.length * requests; i++) {
                means[i / requests] += run.answers.get(i).excess / requests / runs.size();
            }
        }
        return means;
    }

    private record Answer(int second, double rate, double prediction, double excess) {}
}
