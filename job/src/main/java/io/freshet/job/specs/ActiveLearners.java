package io.freshet.job.specs;

import io.freshet.job.state.ModelState;
import io.freshet.learning.learner.Learner;
import io.freshet.learning.math.ThreadTeam;
import io.freshet.learning.predict.WarmStart;
import io.freshet.learning.spec.ModelSpec;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
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

    private final ThreadTeam team;
    private final Map<Long, Entry> bySpec = new HashMap<>();
    private final Map<String, Entry> newest = new HashMap<>();
    /** Hashes of deleted specifications. */
    private final Set<Long> deleted = new HashSet<>();
    /** Number of specifications applied. */
    private long applied;
    /** Whether a learner has failed. Saves a lookup for each sample. */
    private boolean failed;

    /** @param team shares the loops of all learners */
    public ActiveLearners(ThreadTeam team) {
        this.team = team;
    }

    private static final class Entry {
        private final String model;
        private final String hash;
        /** Null if this version refuses it. */
        private final @Nullable ModelSpec spec;
        /** Null if it could not be created. */
        private final @Nullable Learner learner;
        /** Learners of states with other features, by state hash. */
        private final Map<String, Learner> earlier = new HashMap<>();
        /** Why states cannot continue, by state hash. */
        private final Map<String, String> stranded;

        /** Position in the order in which specifications were applied. */
        private final long position;

        private @Nullable ModelFailure failure;
        private boolean active;
        /** The first checkpoint that contains the specification. */
        private long checkpoint = NEVER;

        Entry(
                String model,
                String hash,
                @Nullable ModelSpec spec,
                @Nullable Learner learner,
                Map<String, String> stranded,
                long position) {
            this.model = model;
            this.hash = hash;
            this.spec = spec;
            this.learner = learner;
            this.stranded = stranded;
            this.position = position;
        }

        /** Returns the active specification if it failed, or null. */
        @Nullable FailedModel failed() {
            return active && failure != null ? new FailedModel(model, hash, spec, failure) : null;
        }
    }

    /**
     * Adds a specification, pending until a checkpoint that contains it completes.
     *
     * @param warmStart parameters that its states start from or rebase to, or null
     * @param earlier specifications of the model with other features, whose states may continue
     * @param stranded why other states cannot continue, by state hash
     */
    public void apply(
            ModelSpec spec, @Nullable WarmStart warmStart, List<ModelSpec> earlier, Map<String, String> stranded) {
        Entry current = newest.get(spec.name());
        if (current != null && current.hash.equals(spec.hash())) {
            return;
        }
        Learner learner = null;
        ModelFailure failure = null;
        try {
            learner = new Learner(spec, warmStart, earlier, team);
            LOG.info(
                    "model {}: parameters{}\n{}",
                    spec.name(),
                    spec.key() == null ? "" : " of each " + spec.key(),
                    spec.parameterTable());
        } catch (RuntimeException | Error e) {
            failure = ModelFailure.of(e);
        }
        add(new Entry(spec.name(), spec.hash(), spec, learner, stranded, applied++), failure);
    }

    /** Adds a specification that is not learned, and fails the older ones of the model. */
    public void refuse(RefusedSpec refused) {
        ModelFailure failure = ModelFailure.because(refused.reason());
        for (Entry entry : bySpec.values()) {
            if (entry.model.equals(refused.model())) {
                entry.failure = failure;
            }
        }
        add(new Entry(refused.model(), refused.hash(), null, null, Map.of(), applied++), failure);
        failed = true;
    }

    private void add(Entry entry, @Nullable ModelFailure failure) {
        entry.failure = failure;
        bySpec.put(Long.parseUnsignedLong(entry.hash, 16), entry);
        newest.put(entry.model, entry);
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
        barrierPassed();
    }

    /**
     * Samples before a barrier still belong to a deleted model if one with the same specification was applied after it. Those
     * behind it are of the latter, also if the checkpoint was aborted before its barrier arrived here.
     */
    public void barrierPassed() {
        deleted.removeAll(bySpec.keySet());
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
            Entry successor = newest.get(entry.model);
            return successor != null && successor != entry && successor.active;
        });
    }

    /** Removes a model. */
    public void delete(String model) {
        newest.remove(model);
        bySpec.forEach((hash, entry) -> {
            if (entry.model.equals(model)) {
                deleted.add(hash);
            }
        });
        bySpec.values().removeIf(entry -> entry.model.equals(model));
    }

    /** Returns the learner for samples encoded with a specification, or null if it is pending, failed, unknown, or deleted. */
    public @Nullable Learner active(long specHash) {
        Entry entry = bySpec.get(specHash);
        return entry != null && entry.active && entry.failure == null ? entry.learner : null;
    }

    /** Returns the active specification that samples were encoded with if it failed, or null. */
    public @Nullable FailedModel failed(long specHash) {
        Entry entry = bySpec.get(specHash);
        return entry == null ? null : entry.failed();
    }

    /** Stops using an active learner. */
    public void fail(Learner learner, ModelFailure failure) {
        Entry own = bySpec.get(Long.parseUnsignedLong(learner.hash(), 16));
        // A removed specification, whose features a state still has, fails with its successor.
        Entry entry = own == null ? currentEntry(learner.spec().name()) : own;
        Objects.requireNonNull(entry).failure = failure;
        failed = true;
    }

    /** Returns why a learner is no longer used, or null. */
    public @Nullable ModelFailure failure(Learner learner) {
        if (!failed) {
            return null;
        }
        Entry entry = bySpec.get(Long.parseUnsignedLong(learner.hash(), 16));
        return entry != null && entry.active ? entry.failure : null;
    }

    /** Returns why the newest active specification of a model is no longer used, or null. */
    public @Nullable ModelFailure failure(String model) {
        Entry current = currentEntry(model);
        return current == null ? null : current.failure;
    }

    /** Passes every active specification that failed. */
    public void forEachFailure(Consumer<FailedModel> action) {
        for (Entry entry : bySpec.values()) {
            FailedModel own = entry.failed();
            if (own != null) {
                action.accept(own);
            }
        }
    }

    /** Returns an active or pending specification, or null if it is refused, unknown, or deleted. */
    public @Nullable ModelSpec spec(long specHash) {
        Entry entry = bySpec.get(specHash);
        return entry == null ? null : entry.spec;
    }

    /**
     * Returns whether a checkpoint in progress contains a pending specification of the model. Samples not learned before its
     * barrier are then learned with that specification, as after a recovery.
     */
    public boolean isSwitching(String model) {
        Entry last = newest.get(model);
        return last != null && !last.active && last.checkpoint != NEVER;
    }

    /** Returns why a state, which may have the features of an earlier specification, must not start from scratch; or null. */
    public @Nullable String stranded(Learner learner, ModelState state) {
        Entry entry = bySpec.get(Long.parseUnsignedLong(learner.hash(), 16));
        return entry == null || learner.earlier(state.stateHash()) != null
                ? null
                : entry.stranded.get(state.stateHash());
    }

    /** Returns whether the newest specification of a model is active. */
    public boolean isNewestActive(String model) {
        Entry last = newest.get(model);
        return last != null && last.active;
    }

    /** Returns the learner of the model's newest specification, active or pending; null if it could not be created. */
    public @Nullable Learner newest(String model) {
        Entry entry = newest.get(model);
        return entry == null ? null : entry.learner;
    }

    /** Returns the learner of the model's newest active specification, or null. It may have failed. */
    public @Nullable Learner current(String model) {
        Entry current = currentEntry(model);
        return current == null ? null : current.learner;
    }

    private @Nullable Entry currentEntry(String model) {
        Entry current = null;
        for (Entry entry : bySpec.values()) {
            if (entry.active && entry.model.equals(model) && (current == null || entry.position > current.position)) {
                current = entry;
            }
        }
        return current;
    }

    /**
     * Returns the learner that the state was last trained with. If it was removed, returns the current learner if that can
     * continue from the state; while the state has other features, one of the specification that had these. Returns null if none
     * is usable, or if the state is damaged.
     */
    public @Nullable Learner of(String model, ModelState state) {
        if (state.isDamaged()) {
            return null;
        }
        Entry last = bySpec.get(Long.parseUnsignedLong(state.specHash(), 16));
        if (last != null) {
            return last.failure == null ? last.learner : null;
        }
        Entry current = currentEntry(model);
        if (current == null || current.learner == null || current.failure != null) {
            return null;
        }
        return current.learner.stateHash().equals(state.stateHash())
                ? current.learner
                : earlier(current, current.learner, state.stateHash());
    }

    private static @Nullable Learner earlier(Entry entry, Learner learner, String stateHash) {
        ModelSpec spec = learner.earlier(stateHash);
        return spec == null ? null : entry.earlier.computeIfAbsent(stateHash, hash -> new Learner(spec));
    }

    /** Returns whether a specification was deleted, so that samples encoded with it are dropped. */
    public boolean isDeleted(long specHash) {
        return deleted.contains(specHash);
    }
}
