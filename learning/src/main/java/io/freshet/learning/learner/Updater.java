package io.freshet.learning.learner;

import io.freshet.learning.batch.LeadingEntries;
import io.freshet.learning.features.Sample;
import io.freshet.learning.optimizer.Objective;
import io.freshet.learning.optimizer.Optimizer;
import io.freshet.learning.optimizer.Step;
import io.freshet.learning.parameters.Gradient;
import io.freshet.learning.parameters.StateLayout;
import io.freshet.learning.parameters.Weights;
import io.freshet.learning.schedule.Schedule;
import io.freshet.learning.spec.TrainingSpec;
import io.freshet.learning.spec.TrainingSpec.Clip;
import io.freshet.learning.spec.table.Regularization;
import io.freshet.learning.state.LearnerState;
import java.util.function.DoubleSupplier;

/**
 * Turns a gradient into one update: clip, penalize, step, at the rate of the schedule.
 *
 * <pre>
 *   g  = clip(g, value)                      each component
 *   g  = g * min(1, norm / |g|)              all components together
 *   g  = g + l1 * sign(theta) + l2 * theta   touched parameters only, limited to +-2^60; FTRL differs
 *   theta' = step(theta, g, schedule(t))
 * </pre>
 *
 * The schedule counts the updates that other replicas of the model contributed as well; the optimizer counts its own.
 *
 * <p>If learningRate * l2 exceeds 2, the penalty overshoots; the limit then keeps parameters finite. Holds scratch space: use one
 * per thread.
 */
final class Updater {
    private static final float LARGEST_GRADIENT = BatchLearner.LARGEST_GRADIENT;

    private final Optimizer optimizer;
    private final TrainingSpec training;
    private final Schedule schedule;
    private final double learningRate;
    private final StateLayout layout;
    private final boolean penalized;
    private final boolean clipping;
    private final Step step;
    private float[] before = {};

    Updater(TrainingSpec training, StateLayout layout) {
        this.optimizer = training.optimizer();
        step = new Step(optimizer);
        this.training = training;
        schedule = training.schedule();
        learningRate = training.learningRate();
        this.layout = layout;
        clipping = !training.clip().equals(Clip.NONE);
        penalized = !optimizer.penalizes() && !training.regularization().equals(Regularization.NONE);
    }

    /** Returns whether the optimizer needs the loss of the whole batch: {@link #minimize} instead of {@link #update}. */
    boolean needsObjective() {
        return optimizer.needsObjective();
    }

    /**
     * Changes the parameters by one iteration over a whole batch.
     *
     * @param gradient of the mean loss, refilled by {@code again}
     * @param loss mean over the batch, at the current parameters
     * @param again recomputes both at the current parameters
     */
    void minimize(LearnerState state, Gradient gradient, int samples, double loss, DoubleSupplier again) {
        double rate = start(state);
        boolean measure = state.updateWindow().measures(state.updates());
        double norm = measure ? norm(gradient) : 0;
        float[] weights = state.weights().array();
        if (measure) {
            remember(weights, gradient);
        }
        Objective objective = new BatchObjective(
                weights, layout, gradient, training.regularization().l2(), loss, again);
        optimizer.minimize(state.weights(), objective, step);
        end(state, gradient, samples, rate, measure, norm, false);
    }

    private double start(LearnerState state) {
        double rate = schedule.rate(learningRate, state.updates() + state.otherUpdates(), state.updateMemory());
        step.start((float) rate, state.updates() + 1);
        return rate;
    }

    private void end(
            LearnerState state,
            Gradient gradient,
            int samples,
            double rate,
            boolean measure,
            double norm,
            boolean clipped) {
        if (measure) {
            state.updateWindow().addNorms(norm, change(state.weights().array(), gradient));
        }
        state.updateWindow().add(samples, rate, clipped);
        state.updated();
    }

    /** Changes the parameters by the gradient of a batch; overwrites the gradient. */
    void update(LearnerState state, Gradient gradient, int samples) {
        double rate = start(state);
        boolean measure = state.updateWindow().measures(state.updates());
        double norm = measure || clipping ? norm(gradient) : 0;
        boolean clipped = clipping && clip(gradient, norm);
        float[] weights = state.weights().array();
        if (penalized) {
            penalize(weights, gradient);
        }
        if (measure) {
            remember(weights, gradient);
        }
        step(state.weights(), gradient);
        end(state, gradient, samples, rate, measure, norm, clipped);
    }

    /** Returns whether an update of a table is a step by row, without clipping or penalties. */
    boolean updatesInPlace() {
        return layout.width() == 1 && !clipping && !penalized && !needsObjective();
    }

    /**
     * Changes the parameters by the gradient of one sample, {@code factor} times the value of each entry, without measuring
     * norms.
     */
    void updateInPlace(LearnerState state, Sample sample, LeadingEntries leading, float factor) {
        double rate = start(state);
        step.scale(factor);
        Weights weights = state.weights();
        optimizer.stepFirst(weights, leading.rows(), leading.count(), leading.values(), step);
        optimizer.stepRows(weights, sample.rows(), 0, sample.rows().length, sample.values(), step);
        state.updateWindow().add(1, rate, false);
        state.updated();
    }

    private void step(Weights weights, Gradient gradient) {
        step.scale(gradient.factor());
        int from = gradient.factoredFrom();
        optimizer.stepRows(weights, gradient.factoredRows(), from, from + gradient.count(), gradient.factored(), step);
        float[] dense = gradient.dense();
        if (dense.length > 0) {
            optimizer.stepRange(weights, gradient.denseFrom(), dense.length, dense, 0, step);
        }
    }

    /** Returns the norm of a gradient, and remembers the parameters in its rows for {@link #change}. */
    double measure(LearnerState state, Gradient gradient) {
        remember(state.weights().array(), gradient);
        return norm(gradient);
    }

    private static double norm(Gradient gradient) {
        int from = gradient.factoredFrom();
        int length = gradient.count() * gradient.width();
        return Math.sqrt(squares(gradient.factored(), from, from + length, gradient.factor())
                + squares(gradient.dense(), 0, gradient.dense().length, 1));
    }

    /** Four interleaved sums, always in the same order. */
    private static double squares(float[] values, int from, int to, float factor) {
        double a = 0;
        double b = 0;
        double c = 0;
        double d = 0;
        int i = from;
        for (; i < to - 3; i += 4) {
            a += square(factor * values[i]);
            b += square(factor * values[i + 1]);
            c += square(factor * values[i + 2]);
            d += square(factor * values[i + 3]);
        }
        for (; i < to; i++) {
            a += square(factor * values[i]);
        }
        return (a + b) + (c + d);
    }

    private static double square(double value) {
        return value * value;
    }

    /** Returns whether anything was clipped. */
    private boolean clip(Gradient gradient, double normBefore) {
        int length = gradient.count() * gradient.width();
        float limit = (float) training.clip().value();
        boolean clipped = false;
        double norm = normBefore;
        if (limit < Float.POSITIVE_INFINITY) {
            clipped = clamp(gradient.values(), length, limit);
            clipped |= clamp(gradient.dense(), gradient.dense().length, limit);
            norm = clipped ? norm(gradient) : norm;
        }
        if (norm > training.clip().norm()) {
            float factor = (float) (training.clip().norm() / norm);
            scale(gradient.values(), length, factor);
            scale(gradient.dense(), gradient.dense().length, factor);
            clipped = true;
        }
        return clipped;
    }

    private static boolean clamp(float[] values, int length, float limit) {
        boolean any = false;
        for (int i = 0; i < length; i++) {
            float value = values[i];
            float clamped = Math.max(-limit, Math.min(limit, value));
            any |= clamped != value;
            values[i] = clamped;
        }
        return any;
    }

    private static void scale(float[] values, int length, float factor) {
        for (int i = 0; i < length; i++) {
            values[i] *= factor;
        }
    }

    private void penalize(float[] weights, Gradient gradient) {
        int width = gradient.width();
        for (int i = 0; i < gradient.count(); i++) {
            penalize(weights, gradient.rows()[i] * layout.stride(), gradient.values(), i * width, width);
        }
        penalize(weights, gradient.denseFrom(), gradient.dense(), 0, gradient.dense().length);
    }

    private void penalize(float[] weights, int from, float[] values, int at, int length) {
        float l1 = (float) training.regularization().l1();
        float l2 = (float) training.regularization().l2();
        for (int i = 0; i < length; i++) {
            float theta = weights[from + i];
            float whole = values[at + i] + (l1 * Math.signum(theta) + l2 * theta);
            values[at + i] = Math.max(-LARGEST_GRADIENT, Math.min(LARGEST_GRADIENT, whole));
        }
    }

    private void remember(float[] weights, Gradient gradient) {
        int sparse = gradient.count() * gradient.width();
        if (before.length < sparse + gradient.dense().length) {
            before = new float[sparse + gradient.dense().length];
        }
        int width = gradient.width();
        int[] rows = gradient.factoredRows();
        int first = gradient.factoredFrom();
        int stride = layout.stride();
        for (int i = 0; i < gradient.count(); i++) {
            int from = rows[first + i] * stride;
            for (int k = 0; k < width; k++) {
                before[i * width + k] = weights[from + k];
            }
        }
        System.arraycopy(weights, gradient.denseFrom(), before, sparse, gradient.dense().length);
    }

    /** Returns the norm of the change since {@link #remember}. */
    double change(float[] weights, Gradient gradient) {
        int width = gradient.width();
        int sparse = gradient.count() * width;
        int[] rows = gradient.factoredRows();
        int first = gradient.factoredFrom();
        int stride = layout.stride();
        double sum = 0;
        for (int i = 0; i < gradient.count(); i++) {
            int from = rows[first + i] * stride;
            for (int k = 0; k < width; k++) {
                double difference = (double) weights[from + k] - before[i * width + k];
                sum += difference * difference;
            }
        }
        for (int i = 0; i < gradient.dense().length; i++) {
            double difference = (double) weights[gradient.denseFrom() + i] - before[sparse + i];
            sum += difference * difference;
        }
        return Math.sqrt(sum);
    }
}
