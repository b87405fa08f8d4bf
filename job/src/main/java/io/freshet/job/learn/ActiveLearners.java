package io.freshet.job.learn;

import io.freshet.learning.learner.Learner;
import io.freshet.learning.spec.ModelSpec;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The learners by the number of their specification, as samples name it; and which numbers are past.
 *
 * <p>A sample can come before its specification, over another channel, or after a newer one. The first kind waits. The
 * second is learned by the newer one if its state goes on under that, since then it was encoded alike; otherwise it is
 * past. After a restart no sample of an older specification can come: all that was encoded before the checkpoint was
 * also learned before it.
 */
final class ActiveLearners {
    private static final Logger LOG = LoggerFactory.getLogger(ActiveLearners.class);

    private final Map<Long, Learner> byNumber = new HashMap<>();
    private final Map<String, Learner> byName = new HashMap<>();
    private final Set<Long> past = new HashSet<>();

    void replaceAll(List<ModelSpec> specs) {
        specs.forEach(this::apply);
    }

    void apply(ModelSpec spec) {
        Learner learner = new Learner(spec);
        LOG.info(
                "model {}: parameters{}\n{}",
                spec.name(),
                spec.key() == null ? "" : " of each " + spec.key(),
                spec.parameterTable());
        Iterator<Map.Entry<Long, Learner>> known = byNumber.entrySet().iterator();
        while (known.hasNext()) {
            Map.Entry<Long, Learner> entry = known.next();
            if (!entry.getValue().spec().name().equals(spec.name())) {
                continue;
            }
            if (entry.getValue().stateHash().equals(learner.stateHash())) {
                entry.setValue(learner);
            } else {
                past.add(entry.getKey());
                known.remove();
            }
        }
        long number = Long.parseUnsignedLong(spec.hash(), 16);
        past.remove(number);
        byNumber.put(number, learner);
        byName.put(spec.name(), learner);
    }

    /** Returns the learner of the model that was deleted, or null if there was none. */
    @Nullable Learner delete(String name) {
        Learner deleted = byName.remove(name);
        if (deleted != null) {
            byNumber.forEach((number, learner) -> {
                if (learner == deleted) {
                    past.add(number);
                }
            });
            byNumber.values().removeIf(learner -> learner == deleted);
        }
        return deleted;
    }

    /** Returns the learner of samples that were encoded by a specification, or null if it is past or has not come yet. */
    @Nullable Learner byNumber(long number) {
        return byNumber.get(number);
    }

    /** Returns the learner of a model as it is now specified, or null. */
    @Nullable Learner byName(String name) {
        return byName.get(name);
    }

    boolean isPast(long number) {
        return past.contains(number);
    }
}
