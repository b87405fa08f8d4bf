package io.freshet.job.learn;

import java.io.Serializable;

/**
 * What the learner of each task may use.
 *
 * @param cacheBytes size of the model cache, for models that the state backend stores as bytes
 * @param threads that share the loops of a batch, at least 1; the results have the same bits for every number
 */
public record LearnerResources(long cacheBytes, int threads) implements Serializable {
    /** A cache of 256 MiB, and one thread. */
    public static final LearnerResources DEFAULT = new LearnerResources(256L << 20, 1);
}
