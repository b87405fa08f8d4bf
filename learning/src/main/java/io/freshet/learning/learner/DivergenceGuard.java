package io.freshet.learning.learner;

import io.freshet.learning.evaluation.Tally;
import io.freshet.learning.evaluation.UpdateMetrics;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.learning.spec.StreamSpec.OnDivergence;
import io.freshet.learning.spec.WatchSpec;

/** Applies the divergence policy. A frozen model is never reverted or reset, since its parameters do not change. */
final class DivergenceGuard {
    private final OnDivergence policy;
    private final boolean frozen;
    private final int window;
    private final WatchSpec watch;
    private final StateInitializer initializer;

    DivergenceGuard(ModelSpec spec, StateInitializer initializer) {
        frozen = spec.stream().frozen();
        policy = spec.stream().onDivergence();
        window = spec.window();
        watch = spec.watch();
        this.initializer = initializer;
    }

    /**
     * Called before the first sample of this specification. A state that was trained with another policy has no last good
     * state, so the current one is saved.
     */
    void begin(LearnerState state) {
        if (policy == OnDivergence.REVERT
                && state.lastGood() == null
                && state.samples() > 0
                && !state.watcher().isExploded()) {
            state.saveLastGood();
        }
    }

    /** Runs the detectors on a full window, and applies the policy if its loss exploded. */
    void endWindow(LearnerState state) {
        Watcher watcher = state.useWatcher(watch);
        UpdateMetrics updates = state.updateWindow().metrics();
        String action = frozen && policy != OnDivergence.HOLD ? "" : policy.action();
        watcher.window(state.window().loss(), updates, state.samples(), action, state.lineage());
        if (frozen) {
            return;
        }
        boolean exploded = watcher.isExploded();
        if (exploded && policy == OnDivergence.REVERT) {
            SavedState good = state.lastGood();
            state.revert(good == null ? SavedState.of(initializer.start()) : good);
        } else if (exploded && policy == OnDivergence.RESET) {
            state.revert(SavedState.of(initializer.start()));
            watcher.forgetWindows();
        }
        if (policy == OnDivergence.REVERT) {
            state.saveLastGood();
        } else {
            state.clearLastGood();
        }
    }

    /** See {@link Learner#isHeld}. */
    boolean isHeld(LearnerState state) {
        return policy == OnDivergence.HOLD && state.watcher().isExploded();
    }

    /** See {@link Learner#isWithheld}. */
    boolean isWithheld(LearnerState state) {
        if (policy == OnDivergence.NONE) {
            return false;
        }
        // When a model is published must not affect its state, so a watcher that is not in use yet is not stored.
        Watcher watcher = state.watcher();
        watcher.attach(watch);
        Tally open = state.window();
        return isHeld(state) || open.samples() * 10L >= window && watcher.explodes(open.loss());
    }
}
