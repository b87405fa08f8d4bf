package io.freshet.learning.learner;

import static java.util.Objects.requireNonNull;

import io.freshet.learning.features.Sample;
import io.freshet.learning.features.Stage;
import io.freshet.learning.math.ThreadTeam;
import io.freshet.learning.math.Underflow;
import io.freshet.learning.model.Gradient;
import io.freshet.learning.model.LeadingEntries;
import io.freshet.learning.model.StateLayout;
import io.freshet.learning.model.Weights;
import io.freshet.learning.optimizer.Objective;
import io.freshet.learning.optimizer.Optimizer;
import io.freshet.learning.optimizer.Schedule;
import io.freshet.learning.optimizer.Step;
import io.freshet.learning.spec.Regularization;
import io.freshet.learning.spec.TrainingSpec;
import io.freshet.learning.spec.TrainingSpec.Clip;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;

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
 * A penalized theta, which shrinks by a factor, is rounded first ({@link Underflow#round}).
 *
 * <p>The schedule counts the updates that other replicas of the model contributed as well; the optimizer counts its own.
 *
 * <p>If learningRate * l2 exceeds 2, the penalty overshoots; the limit then keeps parameters finite. Holds scratch space: use one
 * per thread.
 */
final class Updater {
    private static final float LARGEST_GRADIENT = BatchLearner.LARGEST_GRADIENT;

    /** What the step of a parameter costs, in the unit of {@link ThreadTeam#grain}. */
    private static final int COST = 50;

    /** What it costs to load a row of the table, in the same unit. */
    private static final int COST_OF_ROW = 500;

    private static final float[] NONE = {};

    private final Optimizer optimizer;
    private final TrainingSpec training;
    private final Schedule schedule;
    private final double learningRate;
    private final StateLayout layout;
    private final boolean penalized;
    private final boolean clipping;
    private final ThreadTeam team;
    private final Norms norms;
    private final ThreadTeam.Range stepRange = this::stepRange;
    private final ThreadTeam.Range stepRows = this::stepRows;
    private final ThreadTeam.Range penalizeRange = this::penalizeRange;
    /** Of the calling thread. */
    private final Step step;
    /** Of each thread of the team, which have scratch space of their own. */
    private final Step[] steps;

    // What the ranges of a loop read.
    private @Nullable Weights stepped;
    private float[] penalizedWeights = NONE;
    private Gradient gradient = Gradient.ofDense(0);

    /** @param team shares the loops over parameters */
    Updater(TrainingSpec training, StateLayout layout, ThreadTeam team) {
        this.team = team;
        norms = new Norms(layout, team);
        this.optimizer = training.optimizer();
        step = new Step(optimizer);
        steps = new Step[team.threads()];
        steps[0] = step;
        for (int i = 1; i < steps.length; i++) {
            steps[i] = new Step(optimizer);
        }
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
        double rate = start(state, true);
        boolean measure = state.updateWindow().measures(state.updates());
        double norm = measure ? norms.norm(gradient) : 0;
        float[] weights = state.weights().array();
        if (measure) {
            norms.remember(weights, gradient);
        }
        Objective objective = new BatchObjective(
                weights, layout, gradient, training.regularization().l2(), loss, again);
        optimizer.minimize(state.weights(), objective, step);
        end(state, gradient, samples, rate, measure, norm, false);
    }

    private double start(LearnerState state, boolean penalizes) {
        double rate = schedule.rate(learningRate, state.updates() + state.otherUpdates(), state.updateMemory());
        step.start((float) rate, state.updates() + 1);
        step.decays(penalizes);
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
            state.updateWindow().addNorms(norm, norms.change(state.weights().array(), gradient));
        }
        state.updateWindow().add(samples, rate, clipped);
        state.updated();
    }

    /**
     * Changes the parameters by the gradient of a batch; overwrites the gradient.
     *
     * @param penalizes whether parameters are penalized and decay; not by samples that only change a label, since those which they
     *     correct have done so
     */
    void update(LearnerState state, Gradient gradient, int samples, boolean penalizes) {
        double rate = start(state, penalizes);
        boolean measure = state.updateWindow().measures(state.updates());
        double norm = measure || clipping ? norms.norm(gradient) : 0;
        boolean clipped = clipping && clip(gradient, norm);
        float[] weights = state.weights().array();
        if (penalized && penalizes) {
            penalize(weights, gradient);
        }
        if (measure) {
            norms.remember(weights, gradient);
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
        double rate = start(state, sample.stage() != Stage.CHANGED);
        step.scale(factor);
        Weights weights = state.weights();
        optimizer.stepFirst(weights, leading.rows(), leading.count(), leading.values(), step);
        optimizer.stepRows(weights, sample.rows(), 0, sample.rows().length, sample.values(), step);
        state.updateWindow().add(1, rate, false);
        state.updated();
    }

    private void step(Weights weights, Gradient along) {
        for (Step each : steps) {
            each.startAs(step);
            each.scale(along.factor());
        }
        stepped = weights;
        gradient = along;
        int count = along.count();
        int length = along.dense().length;
        if (count > 0) {
            team.run(count, ThreadTeam.grain(count, count * (COST_OF_ROW + (long) COST * along.width())), stepRows);
        }
        if (length > 0) {
            team.run(length, ThreadTeam.grain(length, (long) COST * length), stepRange);
        }
        stepped = null;
    }

    private void stepRows(int from, int to, int thread) {
        Weights weights = requireNonNull(stepped);
        int at = gradient.factoredFrom();
        optimizer.stepRows(weights, gradient.factoredRows(), at + from, at + to, gradient.factored(), steps[thread]);
    }

    private void stepRange(int from, int to, int thread) {
        Weights weights = requireNonNull(stepped);
        optimizer.stepRange(weights, gradient.denseFrom() + from, to - from, gradient.dense(), from, steps[thread]);
    }

    /** Returns the norm of a gradient, and remembers the parameters in its rows for {@link #change}. */
    double measure(LearnerState state, Gradient gradient) {
        norms.remember(state.weights().array(), gradient);
        return norms.norm(gradient);
    }

    /** Returns the norm of the change since {@link #measure}. */
    double change(LearnerState state, Gradient gradient) {
        return norms.change(state.weights().array(), gradient);
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
            norm = clipped ? norms.norm(gradient) : norm;
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

    private void penalize(float[] weights, Gradient along) {
        int width = along.width();
        for (int i = 0; i < along.count(); i++) {
            penalize(weights, along.rows()[i] * layout.stride(), along.values(), i * width, width);
        }
        penalizedWeights = weights;
        gradient = along;
        int length = along.dense().length;
        team.run(length, ThreadTeam.grain(length, (long) COST * length), penalizeRange);
        penalizedWeights = NONE;
    }

    private void penalizeRange(int from, int to, int thread) {
        penalize(penalizedWeights, gradient.denseFrom() + from, gradient.dense(), from, to - from);
    }

    private void penalize(float[] weights, int from, float[] values, int at, int length) {
        float l1 = (float) training.regularization().l1();
        float l2 = (float) training.regularization().l2();
        for (int i = 0; i < length; i++) {
            float theta = Underflow.round(weights[from + i]);
            weights[from + i] = theta;
            float whole = values[at + i] + (l1 * Math.signum(theta) + l2 * theta);
            values[at + i] = Math.max(-LARGEST_GRADIENT, Math.min(LARGEST_GRADIENT, whole));
        }
    }
}
