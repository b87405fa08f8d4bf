package io.freshet.learning.learner;

import io.freshet.learning.features.Sample;
import io.freshet.learning.features.SampleId;
import io.freshet.learning.math.ThreadTeam;
import io.freshet.learning.model.Batch;
import io.freshet.learning.model.Gradient;
import io.freshet.learning.model.Network;
import io.freshet.learning.model.StateLayout;
import io.freshet.learning.model.WeightedSum;
import io.freshet.learning.optimizer.LookAhead;
import io.freshet.learning.predict.Clamp;
import io.freshet.learning.predict.Evaluator;
import io.freshet.learning.spec.ModelSpec;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Learns a batch: predicts its samples, rejects those whose gradients are too large for its {@link Rule}, and changes
 * the parameters by the others, once {@link ScoreKeeper} has scored them.
 *
 * <p>The network computes {@link Network#samplesAtOnce}. Holds scratch space: use one per thread.
 */
final class BatchLearner {
    /** The largest component of a gradient: its square fits a float. */
    static final float LARGEST_GRADIENT = 1L << 60;

    /** The largest component of a sum of gradients, so that those of the batches in a round fit a float. */
    static final float LARGEST_SUM = Float.MAX_VALUE / 4;

    private static final String REASON_OF_SUM =
            "gradient: too large times the weights of its batch (expected: of magnitude up to 2^126, to be merged)";

    private static final String REASON = "gradient: not finite or too large (expected: of magnitude up to 2^60)";

    private final int logitCount;
    private final int outputs;
    private final Network network;
    private final int samplesAtOnce;
    private final Evaluator evaluator;
    private final Updater updater;
    private final GradientRule gradients;
    private final Rule rule;
    private final RejectedSamples rejections = new RejectedSamples();
    private final ScoreKeeper scores;
    private final boolean steps;
    private final boolean clamps;
    /** Null if the model or its updates need a batch. */
    private final @Nullable InPlaceLearner inPlace;

    /** The logits of a kept prediction. */
    private final float[] kept;

    private int lastSample;
    private double meanLoss;
    /** The total weight of the samples whose mean gradient is in {@link #gradient}. */
    private double totalWeight;

    /**
     * @param steps whether to step along the gradient of a batch; otherwise, {@link #gradient} is left to the caller
     * @param team shares the loops of a batch
     */
    BatchLearner(ModelSpec spec, StateLayout layout, boolean steps, ThreadTeam team) {
        this.steps = steps;
        logitCount = spec.logitCount();
        kept = new float[logitCount];
        outputs = spec.outputs();
        clamps = spec.clamps();
        network = spec.model().network(spec.inputShape(), spec.outputs(), layout, spec.seed(), team);
        samplesAtOnce = network.samplesAtOnce();
        evaluator = new Evaluator(spec, network, team);
        updater = new Updater(spec.training(), layout, team);
        gradients = new GradientRule(network, evaluator, updater, steps);
        rule = spec.optimizer() instanceof LookAhead ahead
                ? new LookAheadRule(spec, ahead, evaluator, gradients)
                : gradients;
        scores = new ScoreKeeper(spec, evaluator);
        WeightedSum sum = network.weightedSum();
        inPlace = sum != null && rule.learnsInPlace()
                ? new InPlaceLearner(sum, spec.features().standardizer(), evaluator, rule, scores)
                : null;
    }

    RejectedSamples rejections() {
        return rejections;
    }

    float[] lastPrediction() {
        return Arrays.copyOfRange(evaluator.predictions(), lastSample * logitCount, (lastSample + 1) * logitCount);
    }

    /** Predicts and scores the only sample of a batch, without learning it. */
    void holdOut(LearnerState state, Batch one) {
        evaluator.evaluate(state.weights().array(), state.labelRange(), one, 0, 1);
        if (evaluator.isFinite(0)) {
            scores.addHeldOut(state, one);
        } else {
            reject(state, one, 0);
        }
        lastSample = 0;
    }

    /** Predicts the only sample of a batch, and scores it like a learned one. */
    void score(LearnerState state, Batch one) {
        evaluator.evaluate(state.weights().array(), state.labelRange(), one, 0, 1);
        if (evaluator.isFinite(0)) {
            scores.add(state, one);
        } else {
            reject(state, one, 0);
        }
        lastSample = 0;
    }

    /** Predicts a sample without packing it; returns false if that is not possible. */
    boolean predictInPlace(LearnerState state, Sample sample) {
        if (inPlace == null) {
            return false;
        }
        inPlace.predict(state, sample);
        return true;
    }

    /** Predicts the only sample of a batch. */
    void predict(LearnerState state, Batch one) {
        evaluator.evaluate(state.weights().array(), state.labelRange(), one, 0, 1);
    }

    /**
     * Keeps the prediction of an open sample, just predicted; rejects the sample if its loss is not finite.
     *
     * @return its place in the open predictions; -1 if it is rejected
     */
    int keep(LearnerState state, Sample sample, SampleId id) {
        lastSample = 0;
        if (!evaluator.isFinite(0)) {
            state.reject();
            rejections.add(sample.partition(), sample.offset(), REASON);
            return -1;
        }
        evaluator.keep(state.labelRange(), kept);
        return state.useOpenPredictions(logitCount).add(id, kept, sample.weight(), sample.holdout());
    }

    /** Scores the kept prediction of a sample with its final label, if there is one. */
    void close(LearnerState state, SampleId id, float label) {
        float weight = state.useOpenPredictions(logitCount).take(id, kept);
        if (Float.isNaN(weight)) {
            return;
        }
        evaluator.evaluateKept(kept, label);
        lastSample = 0;
        if (OpenPredictions.isHeldOut(weight)) {
            scores.addHeldOut(state, -weight);
        } else {
            scores.addOne(state, weight);
        }
    }

    /** Learns a sample without packing it; returns false if that is not possible, and then nothing changed. */
    boolean updateInPlace(LearnerState state, Sample sample) {
        if (inPlace == null || !inPlace.learn(state, sample)) {
            return false;
        }
        lastSample = 0;
        widenLabelRange(state, sample.label(), 0);
        return true;
    }

    /** Learns the only sample of a batch with its weight; returns false if it was rejected. */
    boolean updateAlone(LearnerState state, Batch one) {
        if (!isFit(gradientOfOne(state, one, 0, one.steps(0)))) {
            reject(state, one, 0);
            return false;
        }
        scores.add(state, one);
        rule.apply(state, one);
        widenLabelRange(state, one);
        return true;
    }

    /** Includes the labels of a learned batch in the limits of later predictions, of which none is left without a range. */
    private void widenLabelRange(LearnerState state, Batch learned) {
        for (int i = 0; i < learned.size(); i++) {
            widenLabelRange(state, learned.labels(), i * outputs);
        }
    }

    private void widenLabelRange(LearnerState state, float[] labels, int at) {
        if (clamps) {
            state.widenLabelRange(labels, at, outputs);
        } else if (!Clamp.limitsNothing(state.labelRange())) {
            state.labelRange(Clamp.unlimited(outputs));
        }
    }

    /** Learns the samples of a batch by their shares of its weight, and clears it. */
    void update(LearnerState state, Batch batch) {
        updateFull(state, batch);
        batch.clear();
    }

    /** Learns the samples of a batch by their shares of its weight; removes rejected ones from it. */
    void updateFull(LearnerState state, Batch batch) {
        while (batch.size() > 0) {
            boolean small = batch.size() <= samplesAtOnce;
            float bound = meanGradient(state, batch, !small);
            if (isFit(bound) && (steps || isSumFit(totalWeight))) {
                if (small) {
                    scores.add(state, batch);
                } else {
                    scores.addKept(state, batch);
                }
                if (updater.needsObjective()) {
                    updater.minimize(state, gradient(), batch.size(), meanLoss, () -> meanLossAgain(state, batch));
                    state.learnedAll(batch);
                } else {
                    rule.apply(state, batch);
                }
                widenLabelRange(state, batch);
                return;
            }
            rejectUnfit(state, batch);
        }
    }

    private boolean isFit(float bound) {
        return bound <= LARGEST_GRADIENT || !Float.isNaN(bound) && rule.largestMagnitude() <= LARGEST_GRADIENT;
    }

    /** Returns whether a replica can contribute the gradient times a weight. */
    private boolean isSumFit(double weight) {
        return weight * rule.largestMagnitude() <= LARGEST_SUM && weight <= LARGEST_SUM;
    }

    /** Computes loss and gradient of a batch at the current parameters; the loss is infinite if either is invalid. */
    private double meanLossAgain(LearnerState state, Batch batch) {
        return isFit(meanGradient(state, batch, false)) ? meanLoss : Double.POSITIVE_INFINITY;
    }

    /**
     * Makes one optimizer step along {@link #gradient}.
     *
     * @param samples that the gradient is the mean of
     */
    void step(LearnerState state, int samples) {
        updater.update(state, gradient(), samples, true);
    }

    /** Returns the gradient of the last batch, overwritten by the next. */
    Gradient gradient() {
        return gradients.gradient();
    }

    /** Computes the mean loss and gradient of a batch; returns a bound on the components of the gradient. */
    private float meanGradient(LearnerState state, Batch batch, boolean keepScores) {
        double sum = 0;
        for (int i = 0; i < batch.size(); i++) {
            sum += weight(batch, i);
        }
        totalWeight = sum;
        rule.clear();
        if (keepScores) {
            scores.clear();
        }
        meanLoss = 0;
        float bound = 0;
        for (int from = 0; from < batch.size(); from += samplesAtOnce) {
            int to = Math.min(from + samplesAtOnce, batch.size());
            boolean finite = evaluate(state, batch, from, to);
            for (int i = from; i < to; i++) {
                double share = sum > 0 ? weight(batch, i) / sum : 0;
                meanLoss += share * evaluator.loss(i - from);
            }
            bound += rule.add(state, batch, from, to, sum);
            bound = finite ? bound : Float.NaN;
            if (keepScores) {
                scores.keep(batch, from, to);
            }
        }
        return bound;
    }

    /**
     * Computes the gradient of one sample; returns a bound on its components, NaN if its loss is not finite.
     *
     * @param total weight of which the sample has its share
     */
    private float gradientOfOne(LearnerState state, Batch batch, int i, double total) {
        rule.clear();
        boolean finite = evaluate(state, batch, i, i + 1);
        float bound = rule.add(state, batch, i, i + 1, total);
        return finite ? bound : Float.NaN;
    }

    /** Predicts samples [from, to) and computes the gradients of their losses; returns whether all are finite. */
    private boolean evaluate(LearnerState state, Batch batch, int from, int to) {
        evaluator.evaluate(state.weights().array(), state.labelRange(), batch, from, to);
        lastSample = to - from - 1;
        boolean finite = true;
        for (int i = 0; i < to - from; i++) {
            finite &= evaluator.isFinite(i);
        }
        if (network.dropsOut()) {
            evaluator.evaluateAgain(state.weights().array(), batch, from, to, state.updates());
        }
        return finite;
    }

    static double weight(Batch batch, int i) {
        return (double) batch.weight(i) * batch.steps(i);
    }

    /** Rejects the samples whose own gradients are too large, or all samples if only the mean gradient is. */
    private void rejectUnfit(LearnerState state, Batch batch) {
        String[] reasons = new String[batch.size()];
        boolean any = false;
        for (int i = 0; i < reasons.length; i++) {
            float bound = gradientOfOne(state, batch, i, weight(batch, i));
            if (Float.isNaN(bound) || !(Math.min(bound, rule.largestMagnitude()) <= LARGEST_GRADIENT)) {
                reasons[i] = REASON;
            } else if (!steps && !isSumFit(weight(batch, i))) {
                reasons[i] = REASON_OF_SUM;
            }
            any |= reasons[i] != null;
        }
        boolean[] bad = new boolean[batch.size()];
        for (int i = 0; i < bad.length; i++) {
            bad[i] = !any || reasons[i] != null;
            if (bad[i]) {
                state.reject();
                rejections.add(batch.partition(i), batch.offset(i), any ? reasons[i] : steps ? REASON : REASON_OF_SUM);
            }
        }
        batch.remove(bad);
    }

    private void reject(LearnerState state, Batch batch, int i) {
        state.reject();
        rejections.add(batch.partition(i), batch.offset(i), REASON);
    }
}
