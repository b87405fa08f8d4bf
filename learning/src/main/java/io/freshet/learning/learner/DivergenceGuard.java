package io.freshet.learning.learner;

import io.freshet.learning.evaluation.Tally;
import io.freshet.learning.evaluation.UpdateMetrics;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.learning.spec.StreamSpec.OnDivergence;

/**
 * Does with a model that diverges what its policy says. Of one that is frozen the parameters stay: they are not what
 * diverges.
 */
final class DivergenceGuard {
    private final OnDivergence policy;
    private final boolean frozen;
    private final int window;
    private final StateInitializer starter;

    DivergenceGuard(ModelSpec spec, StateInitializer starter) {
        frozen = spec.stream().frozen();
        policy = spec.stream().onDivergence();
        window = spec.window();
        this.starter = starter;
    }

    /**
     * Says that the first sample by this specification came. One that learned by another policy until now has nothing to go
     * back to but what it is.
     */
    void begin(LearnerState state) {
        if (policy == OnDivergence.REVERT
                && state.lastGood() == null
                && state.samples() > 0
                && !state.watcher().isExploded()) {
            state.keepGood(true);
        }
    }

    /** Takes in a window that is full, and does what the policy says if it exploded. */
    void endWindow(LearnerState state) {
        Watcher watcher = state.watcher();
        UpdateMetrics updates = state.updateWindow().metrics();
        String action = frozen && policy != OnDivergence.HOLD ? "" : policy.action();
        watcher.window(state.window().loss(), updates, state.samples(), action, state.lineage());
        if (frozen) {
            return;
        }
        boolean exploded = watcher.isExploded();
        if (exploded && policy == OnDivergence.REVERT) {
            LastGoodState good = state.lastGood();
            state.revert(good == null ? LastGoodState.of(starter.start()) : good);
        } else if (exploded && policy == OnDivergence.RESET) {
            state.revert(LastGoodState.of(starter.start()));
            watcher.forgetWindows();
        }
        state.keepGood(policy == OnDivergence.REVERT);
    }

    /** Whether a model is not to be published: {@link Learner#isHeld}. */
    boolean isHeld(LearnerState state) {
        if (policy == OnDivergence.NONE) {
            return false;
        }
        Watcher watcher = state.watcher();
        Tally seen = state.window();
        return policy == OnDivergence.HOLD && watcher.isExploded()
                || seen.samples() * 10L >= window && watcher.explodes(seen.loss());
    }
}
