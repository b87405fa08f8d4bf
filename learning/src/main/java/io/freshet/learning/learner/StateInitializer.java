package io.freshet.learning.learner;

import io.freshet.learning.batch.Batch;
import io.freshet.learning.batch.BatchShape;
import io.freshet.learning.evaluation.Tally;
import io.freshet.learning.evaluation.UpdateTally;
import io.freshet.learning.lineage.Lineage;
import io.freshet.learning.optimizer.Optimizer;
import io.freshet.learning.parameters.StateLayout;
import io.freshet.learning.parameters.Weights;
import io.freshet.learning.schedule.Schedule;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.learning.spec.StreamSpec.OnDivergence;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** What a state starts from: what its specification says, and then, where there is one, a base. */
final class StateInitializer {
    private final ModelSpec spec;
    private final @Nullable WarmStart base;
    private final StateLayout layout;
    private final BatchShape batchShape;

    /** @param base what states go over to; null for what the specification alone says */
    StateInitializer(ModelSpec spec, @Nullable WarmStart base, StateLayout layout, BatchShape batchShape) {
        this.spec = spec;
        this.base = base;
        this.layout = layout;
        this.batchShape = batchShape;
    }

    /** Returns the state before the first sample, and before it goes over to the base. */
    LearnerState start() {
        Weights weights = Weights.zero(layout);
        place(weights, spec.model().initialParameters(spec.inputShape(), spec.outputs(), spec.seed()));
        return new LearnerState(
                weights,
                spec.features().standardizer().start(),
                new Batch(batchShape),
                tally(),
                tally(),
                new UpdateTally(),
                EpochProgress.start(tally()),
                schedule().memory(),
                new Watcher(),
                new Lineage(),
                BlockVersions.start(layout),
                null,
                0,
                0,
                0,
                0);
    }

    private Schedule schedule() {
        return spec.training().schedule();
    }

    private Tally tally() {
        return new Tally(spec.loss().task(), spec.outputs());
    }

    /** Puts parameters into a state, with slots as they are before the first step from there. */
    private void place(Weights weights, float[] parameters) {
        for (float[] array : weights.arrays()) {
            Arrays.fill(array, 0);
        }
        weights.set(parameters);
        Optimizer optimizer = spec.optimizer();
        float rate = (float)
                schedule().rate(spec.training().learningRate(), 0, schedule().memory());
        int length = layout.byRow() ? layout.width() : layout.parameters();
        for (int row = 0; row < layout.parameters() / length; row++) {
            optimizer.warmStart(weights.arrays(), layout.slotDistance(), row * layout.stride(), length, rate);
        }
    }

    boolean isToRebase(LearnerState state) {
        return base != null
                && !base.warmStart().checksum().equals(state.lineage().warmStart());
    }

    /** Makes a state go over to the base: {@link Learner#rebase}. */
    void rebase(LearnerState state, String key) {
        if (base == null) {
            throw new IllegalStateException("model " + spec.name() + ": no base");
        }
        boolean isNew = state.lineage().position() == 0;
        WarmStart.Parameters parameters = base.of(key, isNew);
        state.lineage().warmStart(base.warmStart().checksum());
        if (parameters == null) {
            return;
        }
        state.convert(layout);
        place(state.weights(), parameters.parameters());
        System.arraycopy(parameters.moments(), 0, state.moments(), 0, state.moments().length);
        state.restarted(schedule().memory());
        state.watcher().forgetWindows();
        // Not back to what was before.
        state.keepGood(false);
        state.keepGood(spec.stream().onDivergence() == OnDivergence.REVERT);
    }
}
