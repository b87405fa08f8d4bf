package io.freshet.learning.learner;

import io.freshet.learning.batch.Batch;
import io.freshet.learning.batch.BatchShape;
import io.freshet.learning.batch.InputChange;
import io.freshet.learning.parameters.StateLayout;
import io.freshet.learning.parameters.Weights;
import io.freshet.learning.spec.FeatureChange;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.learning.spec.SpecCompatibility;
import io.freshet.learning.state.LearnerState;
import io.freshet.learning.state.SavedState;
import io.freshet.learning.state.StateParts;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Continues states of earlier specifications of a model after features were added or removed. Pinned by {@code FeatureChangeTest}. */
final class FeatureChanges {
    private final ModelSpec spec;
    private final StateInitializer initializer;
    private final BatchShape batchShape;
    /** The earlier specifications, by their state hashes. */
    private final Map<String, ModelSpec> earlier = new HashMap<>();

    FeatureChanges(ModelSpec spec, StateInitializer initializer, List<ModelSpec> earlier) {
        this.spec = spec;
        this.initializer = initializer;
        batchShape = spec.model().batchShape(spec.inputShape(), spec.labelLength());
        for (ModelSpec each : earlier) {
            if (!each.stateHash().equals(spec.stateHash()) && SpecCompatibility.continues(each, spec)) {
                this.earlier.put(each.stateHash(), each);
            }
        }
    }

    @Nullable ModelSpec earlier(String stateHash) {
        return earlier.get(stateHash);
    }

    LearnerState apply(LearnerState state, String stateHash) {
        ModelSpec from = Objects.requireNonNull(earlier.get(stateHash), stateHash);
        InputChange change = FeatureChange.between(from, spec);
        state.convert(StateInitializer.layout(from));
        Batch pending = state.pending();
        pending.standardize(from.features().standardizer(), state.moments());
        // As after a warm start, every block differs from the one published under this version.
        long[] versions = new long[StateInitializer.layout(spec).blocks()];
        Arrays.fill(versions, state.samples() + 1);
        return new LearnerState(
                new StateParts.Learned(
                        weights(state.weights(), change),
                        FeatureChange.moments(from, spec, state.moments()),
                        state.updateMemory(),
                        state.labelRange(),
                        versions,
                        changed(state.lastGood(), from, change),
                        changed(state.savedBest(), from, change)),
                pending.convert(change, batchShape),
                new StateParts.Validation(
                        state.window(),
                        state.closed(),
                        state.updateWindow(),
                        state.epochProgress(),
                        state.watcher(),
                        state.openPredictions()),
                state.lineage(),
                new StateParts.Counts(
                        state.samples(),
                        state.updates(),
                        state.rejected(),
                        state.windows(),
                        state.otherUpdates(),
                        state.corrections()));
    }

    private @Nullable SavedState changed(@Nullable SavedState saved, ModelSpec from, InputChange change) {
        return saved == null
                ? null
                : new SavedState(
                        weights(saved.weights(), change),
                        FeatureChange.moments(from, spec, saved.moments()),
                        saved.updateMemory(),
                        saved.labelRange(),
                        saved.updates(),
                        saved.samples());
    }

    private Weights weights(Weights before, InputChange change) {
        Weights weights = initializer.start().weights();
        StateLayout layout = before.layout();
        Weights source = layout.byRow() == weights.layout().byRow() ? before : before.convert(layout.other());
        spec.model()
                .copyParameters(
                        change,
                        spec.inputShape(),
                        spec.outputs(),
                        (from, to, count) -> weights.copy(source, from, to, count));
        return weights;
    }
}
