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
 * The learners by the number of their specification, as samples name it, and which of them may be used.
 *
 * <p>A specification may be used once a checkpoint that holds it is complete. The one before it stays as long as samples
 * encoded by it can come: until then.
 */
public final class ActiveLearners {
    private static final Logger LOG = LoggerFactory.getLogger(ActiveLearners.class);
    private static final long NEVER = Long.MAX_VALUE;

    private final Map<Long, Active> byNumber = new HashMap<>();
    private final Map<String, Active> newest = new HashMap<>();
    /** Numbers of specifications that were deleted. */
    private final Set<Long> past = new HashSet<>();
    /** How many specifications came. */
    private long came;

    /** A learner, and since which checkpoint its specification is durable. */
    private static final class Active {
        private final Learner learner;
        /** Grows from each specification that came to the next. */
        private final long number;

        private boolean usable;
        private long checkpoint = NEVER;

        Active(Learner learner, long number) {
            this.learner = learner;
            this.number = number;
        }
    }

    /**
     * Takes a specification to be used once a checkpoint that holds it is complete.
     *
     * @param base what its states start from, or go over to, or null
     */
    public void apply(ModelSpec spec, @Nullable WarmStart base) {
        Active current = newest.get(spec.name());
        if (current != null && current.learner.hash().equals(spec.hash())) {
            return;
        }
        Learner learner = new Learner(spec, base);
        LOG.info(
                "model {}: parameters{}\n{}",
                spec.name(),
                spec.key() == null ? "" : " of each " + spec.key(),
                spec.parameterTable());
        Active active = new Active(learner, came++);
        long number = number(learner);
        past.remove(number);
        byNumber.put(number, active);
        newest.put(spec.name(), active);
    }

    /** Lets every specification be used: they are those that the job started from, or nothing more will be durable. */
    public void useAll() {
        byNumber.values().forEach(active -> active.usable = true);
    }

    /** Says that the state of a checkpoint holds every specification that is here. */
    public void checkpointed(long checkpointId) {
        for (Active active : byNumber.values()) {
            active.checkpoint = Math.min(active.checkpoint, checkpointId);
        }
    }

    /** Says that a checkpoint is complete; returns whether a specification may be used that could not before. */
    public boolean completed(long checkpointId) {
        boolean any = false;
        for (Active active : byNumber.values()) {
            if (!active.usable && active.checkpoint <= checkpointId) {
                active.usable = true;
                any = true;
            }
        }
        return any;
    }

    /** Lets go of those that no sample can name any more, since a newer one of the model is in use. */
    public void forgetSuperseded() {
        byNumber.values().removeIf(active -> {
            Active successor = newest.get(active.learner.spec().name());
            return successor != null && successor != active && successor.usable;
        });
    }

    /** Forgets a model; returns whether there was one. */
    public boolean delete(String name) {
        if (newest.remove(name) == null) {
            return false;
        }
        byNumber.forEach((number, active) -> {
            if (active.learner.spec().name().equals(name)) {
                past.add(number);
            }
        });
        byNumber.keySet().removeAll(past);
        return true;
    }

    /** Returns the learner of samples that were encoded by a specification, or null if it may not be used, or not yet. */
    public @Nullable Learner usable(long number) {
        Active active = byNumber.get(number);
        return active != null && active.usable ? active.learner : null;
    }

    /** Returns a specification, be it to be used yet or not; null if it has not come or is gone. */
    public @Nullable ModelSpec spec(long number) {
        Active active = byNumber.get(number);
        return active == null ? null : active.learner.spec();
    }

    /**
     * Whether a checkpoint under way holds a specification of a model that is not to be used before it is complete: what
     * has not been learned before its barrier is learned by that one, as a recovery would.
     */
    boolean isGoingOver(String model) {
        Active last = newest.get(model);
        return last != null && !last.usable && last.checkpoint != NEVER;
    }

    /** Returns the learner by which a model learns now: the newest that may be used, or null. */
    @Nullable Learner current(String model) {
        Active current = null;
        for (Active active : byNumber.values()) {
            if (active.usable
                    && active.learner.spec().name().equals(model)
                    && (current == null || active.number > current.number)) {
                current = active;
            }
        }
        return current == null ? null : current.learner;
    }

    /** Returns the learner of a state: that which it last learned by, or the one in use that goes on from it; or null. */
    public @Nullable Learner of(String model, ModelState state) {
        Active last = byNumber.get(Long.parseUnsignedLong(state.specHash(), 16));
        if (last != null) {
            return last.learner;
        }
        Learner current = current(model);
        return current != null && current.stateHash().equals(state.stateHash()) ? current : null;
    }

    /** Whether samples that were encoded by a specification are to be dropped. */
    public boolean isPast(long number) {
        return past.contains(number);
    }

    private static long number(Learner learner) {
        return Long.parseUnsignedLong(learner.hash(), 16);
    }
}
