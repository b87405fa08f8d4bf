package io.freshet.learning.learner;

import io.freshet.learning.model.Batch;
import io.freshet.learning.model.InputChange;
import io.freshet.learning.model.StateLayout;
import io.freshet.learning.model.Weights;
import io.freshet.learning.spec.FeatureChange;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.learning.spec.SpecCompatibility;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Continues states of earlier specifications of a model after features were added or removed. A state that cannot take the new
 * features at once takes those of other earlier specifications before, as states did that had samples in between. Pinned by
 * {@code FeatureChangeTest}.
 */
final class FeatureChanges {
    private final StateInitializer initializer;
    /** The next specification on the shortest way of each earlier one to the present one, by state hash. */
    private final Map<String, Step> steps = new HashMap<>();

    /** A change of features. */
    private record Step(ModelSpec from, ModelSpec to) {}

    FeatureChanges(ModelSpec spec, StateInitializer initializer, List<ModelSpec> earlier) {
        this.initializer = initializer;
        // By state hash, so that every process takes the same of several ways.
        Map<String, ModelSpec> apart = new TreeMap<>();
        earlier.forEach(each -> apart.put(each.stateHash(), each));
        apart.remove(spec.stateHash());
        Deque<ModelSpec> reached = new ArrayDeque<>(List.of(spec));
        while (!reached.isEmpty() && !apart.isEmpty()) {
            ModelSpec to = reached.remove();
            for (ModelSpec from : List.copyOf(apart.values())) {
                if (SpecCompatibility.continues(from, to)) {
                    steps.put(from.stateHash(), new Step(from, to));
                    reached.add(from);
                    apart.remove(from.stateHash());
                }
            }
        }
    }

    @Nullable ModelSpec earlier(String stateHash) {
        Step step = steps.get(stateHash);
        return step == null ? null : step.from();
    }

    LearnerState apply(LearnerState state, String stateHash) {
        Step step = Objects.requireNonNull(steps.get(stateHash), stateHash);
        LearnerState changed = state;
        for (; step != null; step = steps.get(step.to().stateHash())) {
            changed = apply(changed, step.from(), initializer.of(step.to()));
        }
        return changed;
    }

    private static LearnerState apply(LearnerState state, ModelSpec from, StateInitializer initializer) {
        ModelSpec to = initializer.spec();
        InputChange change = FeatureChange.between(from, to);
        state.convert(StateInitializer.layout(from));
        Batch pending = state.pending();
        pending.standardize(from.features().standardizer(), state.moments());
        // As after a warm start, every block differs from the one published under this version.
        long[] versions = new long[StateInitializer.layout(to).blocks()];
        Arrays.fill(versions, state.samples() + 1);
        return new LearnerState(
                new StateParts.Learned(
                        weights(state.weights(), change, initializer),
                        FeatureChange.moments(from, to, state.moments()),
                        state.updateMemory(),
                        state.labelRange(),
                        versions,
                        changed(state.lastGood(), from, change, initializer),
                        changed(state.savedBest(), from, change, initializer)),
                pending.convert(change, initializer.batchShape()),
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

    private static @Nullable SavedState changed(
            @Nullable SavedState saved, ModelSpec from, InputChange change, StateInitializer initializer) {
        return saved == null
                ? null
                : new SavedState(
                        weights(saved.weights(), change, initializer),
                        FeatureChange.moments(from, initializer.spec(), saved.moments()),
                        saved.updateMemory(),
                        saved.labelRange(),
                        saved.updates(),
                        saved.samples());
    }

    private static Weights weights(Weights before, InputChange change, StateInitializer initializer) {
        ModelSpec spec = initializer.spec();
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
