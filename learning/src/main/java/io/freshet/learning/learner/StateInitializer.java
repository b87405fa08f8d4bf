package io.freshet.learning.learner;

import io.freshet.learning.evaluation.Tally;
import io.freshet.learning.evaluation.UpdateTally;
import io.freshet.learning.features.Lineage;
import io.freshet.learning.model.Batch;
import io.freshet.learning.model.BatchShape;
import io.freshet.learning.model.StateLayout;
import io.freshet.learning.model.Weights;
import io.freshet.learning.optimizer.Optimizer;
import io.freshet.learning.optimizer.Schedule;
import io.freshet.learning.predict.Clamp;
import io.freshet.learning.predict.WarmStart;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.learning.spec.StreamSpec.OnDivergence;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Initializes states, from a specification alone or from a warm start. */
final class StateInitializer {
    /** Small states, of which there may be many, stay in one array. */
    private static final int LEAST_BY_SLOT = 64;

    private final ModelSpec spec;
    private final @Nullable WarmStart warmStart;
    private final StateLayout layout;
    private final BatchShape batchShape;

    /** @param warmStart null for none */
    StateInitializer(ModelSpec spec, @Nullable WarmStart warmStart) {
        this.spec = spec;
        this.warmStart = warmStart;
        layout = layout(spec);
        batchShape = spec.model().batchShape(spec.inputShape(), spec.labelLength());
    }

    /** Returns this one for its own specification, and one without a warm start for another. */
    StateInitializer of(ModelSpec other) {
        return other == spec ? this : new StateInitializer(other, null);
    }

    ModelSpec spec() {
        return spec;
    }

    BatchShape batchShape() {
        return batchShape;
    }

    @Nullable WarmStart warmStart() {
        return warmStart;
    }

    /** Returns the layout of a model's states. */
    static StateLayout layout(ModelSpec spec) {
        StateLayout natural = spec.model()
                .layout(spec.inputShape(), spec.outputs(), spec.optimizer().slots());
        return spec.optimizer().needsObjective() || touchesAll(spec, natural) ? natural.bySlot() : natural;
    }

    /** Returns whether each sample touches all of many rows of one coordinate, so that its step over them can be vectorized. */
    private static boolean touchesAll(ModelSpec spec, StateLayout table) {
        return table.byRow()
                && table.width() == 1
                && table.parameters() >= LEAST_BY_SLOT
                && spec.inputShape().buckets() == 0
                && !spec.optimizer().looksAhead();
    }

    /** Returns the state before the first sample, and before {@link #rebase}. */
    LearnerState start() {
        Weights weights = Weights.zero(layout);
        set(weights, spec.model().initialParameters(spec.inputShape(), spec.outputs(), spec.seed()));
        return new LearnerState(
                new StateParts.Learned(
                        weights,
                        spec.features().standardizer().start(),
                        spec.training().memory(),
                        new long[layout.blocks()],
                        null,
                        null),
                new Batch(batchShape),
                new StateParts.Validation(
                        tally(), tally(), new UpdateTally(), EpochProgress.start(tally()), new Watcher()),
                new Lineage(),
                StateParts.Counts.ZERO);
    }

    private Schedule schedule() {
        return spec.training().schedule();
    }

    private Tally tally() {
        return Tally.of(spec.loss().task(), spec.outputs());
    }

    /** Sets the parameters, and initializes the slots for them. */
    private void set(Weights weights, float[] parameters) {
        for (float[] array : weights.arrays()) {
            Arrays.fill(array, 0);
        }
        weights.set(parameters);
        Optimizer optimizer = spec.optimizer();
        float rate = (float)
                schedule().rate(spec.training().learningRate(), 0, schedule().memory());
        int length = layout.byRow() ? layout.width() : layout.parameters();
        for (int row = 0; row < layout.parameters() / length; row++) {
            optimizer.warmStart(weights, row * layout.stride(), length, rate);
        }
    }

    boolean needsRebase(LearnerState state) {
        return warmStart != null
                && !warmStart.warmStart().checksum().equals(state.lineage().warmStart());
    }

    /** See {@link Learner#rebase}. */
    void rebase(LearnerState state, String key) {
        if (warmStart == null) {
            throw new IllegalStateException("model " + spec.name() + ": no warm start");
        }
        boolean isNew = state.lineage().position() == 0;
        WarmStart.Parameters parameters = warmStart.of(key, isNew);
        state.lineage().warmStart(warmStart.warmStart().checksum());
        if (parameters == null) {
            return;
        }
        state.convert(layout);
        set(state.weights(), parameters.parameters());
        state.moments(parameters.moments().clone());
        double[] range = parameters.rangeFor(spec);
        state.labelRange(range.length == 0 && spec.loss().predictsMean() ? Clamp.unlimited(spec.outputs()) : range);
        state.rebased(spec.training().memory());
        // A revert must not go back to before the rebase.
        state.clearSaved();
        if (spec.stream().onDivergence() == OnDivergence.REVERT) {
            state.saveLastGood();
        }
    }
}
