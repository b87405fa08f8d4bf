package io.freshet.job.learn;

import io.freshet.job.record.KeyedSample;
import io.freshet.learning.learner.Learner;

/** Learns samples whose partition has its turn, by one learner or by replicas, as specified. */
record InTurn(SampleLearner samples, ReplicaLearning replicas) implements StrictOrder.LearnAction {
    @Override
    public boolean isReady(Learner learner, String modelKey) {
        return learner.spec().replicas() == null || replicas.isReady(learner, modelKey);
    }

    @Override
    public void learn(Learner learner, KeyedSample keyed) throws Exception {
        if (learner.spec().replicas() == null) {
            samples.learn(learner, keyed);
        } else {
            replicas.learn(learner, keyed);
        }
    }
}
