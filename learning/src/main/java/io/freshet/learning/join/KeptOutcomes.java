package io.freshet.learning.join;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which outcomes of an id are kept: with a request, those that count; without one, all that wait for it. Lists are in {@link
 * JoinOutcome#ORDER}.
 */
final class KeptOutcomes {
    private final JoinListener listener;

    /** @param listener receives outcomes that are doubled, or too many */
    KeptOutcomes(JoinListener listener) {
        this.listener = listener;
    }

    /**
     * Keeps an outcome that waits for its request. Whether it counts is not known yet, so repeats wait, too: each is unjoined if it
     * does not. Without room, they are dropped first.
     */
    void await(List<JoinOutcome> outcomes, JoinOutcome outcome) {
        if (!hasRoom(outcomes, outcome)) {
            List<JoinOutcome> waiting = List.copyOf(outcomes);
            outcomes.clear();
            waiting.stream().filter(other -> !isRepeated(outcomes, other)).forEach(outcomes::add);
            if (isRepeated(outcomes, outcome)) {
                return;
            }
        }
        if (hasRoom(outcomes, outcome)) {
            insert(outcomes, outcome);
        } else {
            listener.full(outcome);
        }
    }

    private static boolean hasRoom(List<JoinOutcome> outcomes, JoinOutcome outcome) {
        return outcomes.size() < JoinRule.MAXIMUM_OUTCOMES && fits(outcomes, outcome, null);
    }

    /** Returns whether the content of an outcome may be kept, instead of that of another one. */
    private static boolean fits(List<JoinOutcome> outcomes, JoinOutcome outcome, @Nullable JoinOutcome replaced) {
        long bytes = outcome.contentLength() - (replaced == null ? 0 : replaced.contentLength());
        for (JoinOutcome waiting : outcomes) {
            bytes += waiting.contentLength();
        }
        return bytes <= JoinRule.MAXIMUM_WAITING_BYTES;
    }

    /** Keeps one of two waiting outcomes that differ in nothing but where they were read. */
    private boolean isRepeated(List<JoinOutcome> outcomes, JoinOutcome outcome) {
        for (int i = 0; i < outcomes.size(); i++) {
            JoinOutcome other = outcomes.get(i);
            if (outcome.repeats(other)) {
                boolean replaces = JoinOutcome.ORDER.compare(outcome, other) < 0 && fits(outcomes, outcome, other);
                listener.doubled(replaces ? other : outcome, false);
                outcomes.set(i, (replaces ? outcome : other).exposedLike(other.exposed() || outcome.exposed()));
                outcomes.sort(JoinOutcome.ORDER);
                return true;
            }
        }
        return false;
    }

    /** @return whether the outcome counts */
    boolean keep(List<JoinOutcome> outcomes, JoinOutcome outcome) {
        if (!outcome.hasValue()) {
            return keepExposure(outcomes, outcome);
        }
        for (int i = 0; i < outcomes.size(); i++) {
            JoinOutcome other = outcomes.get(i);
            if (outcome.isDuplicateOf(other)) {
                boolean replaces = JoinOutcome.ORDER.compare(outcome, other) < 0;
                JoinOutcome dropped = replaces ? other : outcome;
                listener.doubled(dropped, !outcome.hasSameValueAs(other));
                if (replaces) {
                    outcomes.remove(i);
                    insert(outcomes, outcome);
                }
                return keepExposure(outcomes, dropped) || replaces;
            }
        }
        if (outcomes.stream().filter(JoinOutcome::hasValue).count() >= JoinRule.MAXIMUM_OUTCOMES) {
            listener.full(outcome);
            return false;
        }
        insert(outcomes, outcome);
        return true;
    }

    /** Keeps that the prediction was shown, at the earliest time, besides the outcomes with a value: at most one such entry. */
    private static boolean keepExposure(List<JoinOutcome> outcomes, JoinOutcome shown) {
        if (!shown.exposed() || outcomes.stream().anyMatch(other -> other.exposed() && other.time() <= shown.time())) {
            return false;
        }
        outcomes.removeIf(other -> !other.hasValue());
        insert(outcomes, shown.withoutValue());
        return true;
    }

    /** Returns whether an outcome only repeats one that counts. */
    static boolean isKnown(List<JoinOutcome> outcomes, JoinOutcome outcome) {
        return outcomes.stream()
                .anyMatch(other -> outcome.isDuplicateOf(other) && JoinOutcome.ORDER.compare(other, outcome) <= 0);
    }

    private static void insert(List<JoinOutcome> outcomes, JoinOutcome outcome) {
        int at = outcomes.size();
        while (at > 0 && JoinOutcome.ORDER.compare(outcomes.get(at - 1), outcome) > 0) {
            at--;
        }
        outcomes.add(at, outcome);
    }
}
