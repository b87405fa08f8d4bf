package io.freshet.learning.stream;

import io.freshet.learning.features.Sample;
import io.freshet.learning.features.SampleId;
import io.freshet.learning.learner.Learner;
import io.freshet.learning.learner.LearnerState;
import org.jspecify.annotations.Nullable;

/**
 * Applies each received sample to the state of its model key. The job, {@code freshet replay}, and {@code freshet size}
 * call this class, so that they follow the same rules.
 *
 * <pre>
 *   1. expire        the key's newest event time is more than timeToLive before the sample's
 *                                                     delete the state and the received ids
 *   2. features      the stored state has other features
 *                                                     continue with those of the specification
 *      reset         the stored state has another stateHash
 *                                                     forget the received ids
 *   3. forget        the first sample of a specification without deduplication
 *                                                     forget the received ids
 *   4. start         no usable state                  start from scratch
 *   5. rebase        the state has not used the specification's warm start
 *                                                     switch to its parameters
 *   6. duplicate     the id was received within the window, and the sample is the first of its id
 *                                                     count the sample in the lineage; learn nothing
 *   7. learn         predict, score, learn
 *   8. end of window                                  end it
 * </pre>
 *
 * The resulting state is a pure function of the key's samples and their specifications. Allocates nothing per sample, except
 * in the stores. Not thread-safe. Pinned by {@code StreamLearnerTest}.
 *
 * @param <E> thrown by reading and writing state
 */
public final class StreamLearner<E extends Exception> {
    private final Deduplicator<E> deduplicator;
    private final StreamListener listener;

    /** The outcome for a sample. */
    public enum Outcome {
        /** The learner received it: learned, pending in a batch, held out, or rejected for its gradient. */
        ACCEPTED,
        /** Only counted in the lineage. */
        DUPLICATE
    }

    public StreamLearner(Deduplicator<E> deduplicator, StreamListener listener) {
        this.deduplicator = deduplicator;
        this.listener = listener;
    }

    /**
     * Applies a sample to the state of its model key.
     *
     * @param learner of the specification that the sample was encoded with
     * @param id null if the sample has none
     */
    public Outcome receive(Learner learner, KeyState<E> key, Sample sample, @Nullable SampleId id) throws E {
        boolean usable = prepare(learner, key, sample);
        boolean duplicate = isDuplicate(learner, sample, id);
        LearnerState existing = usable ? key.learner() : null;
        LearnerState state = existing == null ? key.start(learner) : existing;
        listener.using(learner);
        if (learner.needsRebase(state)) {
            learner.rebase(state, key.key());
        }
        if (duplicate && existing != null) {
            learner.skipDuplicate(state, sample);
            return Outcome.DUPLICATE;
        }
        listener.learning(state);
        learner.learn(state, sample);
        if (learner.spec().stream().timeToLiveMillis() > 0) {
            key.active(sample);
        }
        listener.learned(learner, state, sample);
        if (state.window().samples() >= learner.spec().window()) {
            endWindow(learner, state);
        }
        return Outcome.ACCEPTED;
    }

    /** Deletes state and ids that the sample makes obsolete; returns whether the stored state can learn the sample. */
    private boolean prepare(Learner learner, KeyState<E> key, Sample sample) throws E {
        LearnerState state = key.learner();
        if (state == null) {
            return false;
        }
        long timeToLive = learner.spec().stream().timeToLiveMillis();
        if (timeToLive > 0 && EventTimes.isExpired(key.newestEventTime(), sample.eventTime(), timeToLive)) {
            delete(key);
            return false;
        }
        String stateHash = key.stateHash();
        if (!stateHash.equals(learner.stateHash())) {
            if (learner.earlier(stateHash) == null) {
                deduplicator.clear();
                return false;
            }
            key.replace(learner, learner.changeFeatures(state, stateHash));
        }
        if (learner.spec().stream().deduplicateMillis() == 0 && state.lineage().isChange(learner.hash())) {
            deduplicator.clear();
        }
        return true;
    }

    private boolean isDuplicate(Learner learner, Sample sample, @Nullable SampleId id) throws E {
        long window = learner.spec().stream().deduplicateMillis();
        return id != null
                && window > 0
                && sample.stage().isFirst()
                && deduplicator.isDuplicate(id, sample.eventTime(), window);
    }

    /** Deletes the state of a model key and its received ids. */
    public void delete(KeyState<E> key) throws E {
        key.delete();
        deduplicator.clear();
    }

    /** Ends a bounded input: learns the pending batch, or all epochs of a full batch. The last window stays open. */
    public void finish(Learner learner, LearnerState state) {
        learner.finish(state, () -> endWindow(learner, state));
    }

    private void endWindow(Learner learner, LearnerState state) {
        learner.nextWindow(state, () -> listener.windowEnded(learner, state));
    }
}
