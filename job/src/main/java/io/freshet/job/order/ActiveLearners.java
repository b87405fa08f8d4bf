package io.freshet.job.order;

import io.freshet.job.state.ModelState;
import io.freshet.learning.learner.Learner;
import io.freshet.learning.learner.WarmStart;
import io.freshet.learning.spec.ModelSpec;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The learners of active and pending specifications, by specification hash.
 *
 * <p>A specification becomes active when a checkpoint that contains it completes. Its predecessor is kept until then, since
 * samples encoded with it may still arrive.
 */
public final class ActiveLearners {
    private static final Logger LOG = LoggerFactory.getLogger(ActiveLearners.class);
    private static final long NEVER = Long.MAX_VALUE;

    private final Map<Long, Entry> bySpec = new HashMap<>();
    private final Map<String, Entry> newest = new HashMap<>();
    /** Hashes of deleted specifications. */
    private final Set<Long> deleted = new HashSet<>();
    /** Number of specifications applied. */
    private long applied;

    private static final class Entry {
        private final Learner learner;
        /** Position in the order in which specifications were applied. */
        private final long position;

        private boolean active;
        /** The first checkpoint that contains the specification. */
        private long checkpoint = NEVER;

        Entry(Learner learner, long position) {
            this.learner = learner;
            this.position = position;
        }

        String model() {
            return learner.spec().name();
        }
    }

    /**
     * Adds a specification, pending until a checkpoint that contains it completes.
     *
     * @param warmStart parameters that its states start from or rebase to, or null
     */
    public void apply(ModelSpec spec, @Nullable WarmStart warmStart) {
        Entry current = newest.get(spec.name());
        if (current != null && current.learner.hash().equals(spec.hash())) {
            return;
        }
        Learner learner = new Learner(spec, warmStart);
        LOG.info(
                "model {}: parameters{}\n{}",
                spec.name(),
                spec.key() == null ? "" : " of each " + spec.key(),
                spec.parameterTable());
        Entry entry = new Entry(learner, applied++);
        long hash = Long.parseUnsignedLong(learner.hash(), 16);
        deleted.remove(hash);
        bySpec.put(hash, entry);
        newest.put(spec.name(), entry);
    }

    /** Activates every specification, when the job starts or its input has ended. */
    public void activateAll() {
        bySpec.values().forEach(entry -> entry.active = true);
    }

    /** Records that a checkpoint contains every specification applied so far. */
    public void checkpointed(long checkpointId) {
        for (Entry entry : bySpec.values()) {
            entry.checkpoint = Math.min(entry.checkpoint, checkpointId);
        }
    }

    /** Activates the pending specifications in a completed checkpoint. Returns whether there were any. */
    public boolean completed(long checkpointId) {
        boolean any = false;
        for (Entry entry : bySpec.values()) {
            if (!entry.active && entry.checkpoint <= checkpointId) {
                entry.active = true;
                any = true;
            }
        }
        return any;
    }

    /** Removes specifications with an active successor: no further samples encoded with them can arrive. */
    public void removeSuperseded() {
        bySpec.values().removeIf(entry -> {
            Entry successor = newest.get(entry.model());
            return successor != null && successor != entry && successor.active;
        });
    }

    /** Removes a model; returns whether it existed. */
    public boolean delete(String model) {
        if (newest.remove(model) == null) {
            return false;
        }
        bySpec.forEach((hash, entry) -> {
            if (entry.model().equals(model)) {
                deleted.add(hash);
            }
        });
        bySpec.keySet().removeAll(deleted);
        return true;
    }

    /** Returns the learner for samples encoded with a specification, or null if it is pending, unknown, or deleted. */
    public @Nullable Learner active(long specHash) {
        Entry entry = bySpec.get(specHash);
        return entry != null && entry.active ? entry.learner : null;
    }

    /** Returns an active or pending specification, or null if it is unknown or deleted. */
    public @Nullable ModelSpec spec(long specHash) {
        Entry entry = bySpec.get(specHash);
        return entry == null ? null : entry.learner.spec();
    }

    /**
     * Returns whether a checkpoint in progress contains a pending specification of the model. Samples not learned before its
     * barrier are then learned with that specification, as after a recovery.
     */
    boolean isSwitching(String model) {
        Entry last = newest.get(model);
        return last != null && !last.active && last.checkpoint != NEVER;
    }

    /** Returns the learner of the model's newest active specification, or null. */
    @Nullable Learner current(String model) {
        Entry current = null;
        for (Entry entry : bySpec.values()) {
            if (entry.active && entry.model().equals(model) && (current == null || entry.position > current.position)) {
                current = entry;
            }
        }
        return current == null ? null : current.learner;
    }

    /**
     * Returns the learner that the state was last trained with. If it was removed, returns the current learner if that can
     * continue from the state, or else null.
     */
    public @Nullable Learner of(String model, ModelState state) {
        Entry last = bySpec.get(Long.parseUnsignedLong(state.specHash(), 16));
        if (last != null) {
            return last.learner;
        }
        Learner current = current(model);
        return current != null && current.stateHash().equals(state.stateHash()) ? current : null;
    }

    /** Returns whether a specification was deleted, so that samples encoded with it are dropped. */
    public boolean isDeleted(long specHash) {
        return deleted.contains(specHash);
    }
}
