package io.freshet.schemas.evaluation;

import io.freshet.learning.evaluation.Tally;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The newest evaluation of every model and key, read from the metrics topic, and their sum over a model's keys.
 *
 * <p>Sums run in the order of the keys, so that the same evaluations give the same bits. A replay after a failure
 * repeats evaluations: one that is not newer than what is known of the same life says no more than how far the learning has
 * come. That of another life of the key ({@link Evaluation#incarnation}) takes the place of what is known, if it was made later. A
 * model applied anew with another task or other classes starts anew here: sums of the old kind cannot be added to the new.
 * Thread-safe.
 */
public final class LatestEvaluations {
    private final Map<String, TreeMap<String, Evaluation>> models = new TreeMap<>();
    /** The one last made, of any key, a replayed one too, by model. */
    private final Map<String, Evaluation> newest = new HashMap<>();
    /** The last one that says that something was found, by model. */
    private final Map<String, Evaluation> found = new HashMap<>();

    /** Takes in an evaluation; returns false if it was known already. */
    public synchronized boolean add(Evaluation evaluation) {
        newest.merge(evaluation.model(), evaluation, LatestEvaluations::later);
        TreeMap<String, Evaluation> keys = models.computeIfAbsent(evaluation.model(), name -> new TreeMap<>());
        if (!keys.isEmpty() && !keys.firstEntry().getValue().total().sameShape(evaluation.total())) {
            if (keys.values().stream().anyMatch(known -> known.emittedAt() > evaluation.emittedAt())) {
                return false;
            }
            keys.clear();
            found.remove(evaluation.model());
        }
        Evaluation known = keys.get(evaluation.key());
        boolean oneLife = known == null || known.incarnation().isOneLife(evaluation.incarnation());
        if (known != null && !(oneLife ? isNewer(evaluation, known) : evaluation.emittedAt() > known.emittedAt())) {
            return false;
        }
        if (!oneLife) {
            forgetFound(evaluation.model(), evaluation.key());
        }
        keys.put(evaluation.key(), evaluation);
        if (!evaluation.learning().events().isEmpty()) {
            found.merge(evaluation.model(), evaluation, LatestEvaluations::later);
        }
        return true;
    }

    private static boolean isNewer(Evaluation evaluation, Evaluation known) {
        return evaluation.total().samples() > known.total().samples() || (evaluation.last() && !known.last());
    }

    private static Evaluation later(Evaluation known, Evaluation other) {
        return known.emittedAt() > other.emittedAt() ? known : other;
    }

    /** Forgets a key that was deleted, or the one of a model without keys; returns whether its model had no other. */
    public synchronized boolean remove(String model, String key) {
        TreeMap<String, Evaluation> keys = models.get(model);
        if (keys == null || keys.remove(key) == null) {
            return false;
        }
        forgetFound(model, key);
        if (keys.isEmpty()) {
            models.remove(model);
            newest.remove(model);
        } else {
            newest.computeIfPresent(
                    model,
                    (name, last) -> last.key().equals(key)
                            ? keys.values().stream()
                                    .reduce(LatestEvaluations::later)
                                    .orElseThrow()
                            : last);
        }
        return keys.isEmpty();
    }

    private void forgetFound(String model, String key) {
        found.computeIfPresent(model, (name, last) -> last.key().equals(key) ? null : last);
    }

    /** Returns the names of the models that were evaluated, in order. */
    public synchronized List<String> models() {
        return new ArrayList<>(models.keySet());
    }

    /** Returns the newest evaluation of each of a model's keys, in the order of the keys. */
    public synchronized List<Evaluation> keys(String model) {
        Map<String, Evaluation> keys = models.get(model);
        return keys == null ? List.of() : new ArrayList<>(keys.values());
    }

    /** Returns the evaluation of a model, of whichever key, that was made last; null if it has not been evaluated. */
    public synchronized @Nullable Evaluation newest(String model) {
        return newest.get(model);
    }

    /** Returns the last evaluation of a model, of whichever key, that has events; null if none has. */
    public synchronized @Nullable Evaluation lastWithEvents(String model) {
        return found.get(model);
    }

    /** Returns the sum over all keys of a model since the start, or null if it has not been evaluated. */
    public synchronized @Nullable Tally total(String model) {
        Tally sum = null;
        for (Evaluation evaluation : keys(model)) {
            if (sum == null) {
                sum = evaluation.total().copy();
            } else {
                sum.add(evaluation.total());
            }
        }
        return sum;
    }
}
