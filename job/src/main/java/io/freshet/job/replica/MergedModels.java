package io.freshet.job.replica;

import io.freshet.learning.learner.Learner;
import io.freshet.learning.learner.LearnerState;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Stores and publishes the merged states of models with replicas. */
public interface MergedModels {
    /** Closes a round: merges into the state, and returns the result. */
    interface Merger {
        /** @param windowEnded to run if a window ends, while the window is still in the result */
        LearnerState merge(LearnerState before, WindowEnd windowEnded);
    }

    /** Reports the end of a window. */
    interface WindowEnd {
        /** @param replicaLosses mean loss of each replica in the round that ended it; NaN for one without samples */
        void ended(LearnerState state, List<Double> replicaLosses);
    }

    /** Replaces the merged state of a model, or its initial state, and publishes it when due. */
    void merge(Learner learner, Merger merger) throws Exception;

    /** Reports that a round closes without replicas that have been silent for too long. */
    void missing(Learner learner, long round, List<Integer> replicas);

    /** Calls {@link ReplicaGroup#merge} of a model at a time, in milliseconds since 1970, UTC. */
    void mergeAt(String model, long time);

    /** Returns the learner of a model's newest specification in effect, or null if it has none. */
    @Nullable Learner newest(String model);
}
