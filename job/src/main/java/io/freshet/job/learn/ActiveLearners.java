package io.freshet.job.learn;

import io.freshet.learning.learner.Learner;
import io.freshet.learning.spec.ModelSpec;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The learners by the number of their specification, as samples name it; and which numbers are past.
 *
 * <p>A sample can come before its specification, over another channel, or after a newer one. The first kind waits, the
 * second is told apart by being known here. After a restart no sample of a past specification can come: all that was
 * encoded before the checkpoint was also learned before it.
 */
final class ActiveLearners {
    private final Map<Long, Learner> byNumber = new HashMap<>();
    private final Map<String, Long> byName = new HashMap<>();
    private final Set<Long> past = new HashSet<>();

    void replaceAll(List<ModelSpec> specs) {
        specs.forEach(this::apply);
    }

    void apply(ModelSpec spec) {
        long number = Long.parseUnsignedLong(spec.hash(), 16);
        Long before = byName.put(spec.name(), number);
        if (before != null && before != number) {
            past.add(before);
            byNumber.remove(before);
        }
        past.remove(number);
        byNumber.computeIfAbsent(number, n -> new Learner(spec));
    }

    /** Returns the learner of the model that was deleted, or null if there was none. */
    @Nullable Learner delete(String name) {
        Long number = byName.remove(name);
        if (number == null) {
            return null;
        }
        past.add(number);
        return byNumber.remove(number);
    }

    /** Returns the learner of a specification, or null if it is past or has not come yet. */
    @Nullable Learner byNumber(long number) {
        return byNumber.get(number);
    }

    /** Returns the learner of a model as it is now specified, or null. */
    @Nullable Learner byName(String name) {
        Long number = byName.get(name);
        return number == null ? null : byNumber.get(number);
    }

    boolean isPast(long number) {
        return past.contains(number);
    }
}
