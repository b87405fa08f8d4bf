package io.freshet.schemas.facts;

import io.freshet.learning.evaluation.Tally;
import io.freshet.learning.evaluation.WorseThanConstant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The newest evaluation of every model key, read from the metrics topic, and their sum over a model's keys.
 *
 * <p>Sums are computed in the order of the keys, so that the same evaluations produce the same bits. After a failure,
 * evaluations are redelivered: one that is not newer than the known one of the same incarnation only updates the progress. An
 * evaluation of another incarnation replaces the known one if it was emitted later. A model that is applied again with another
 * task or other classes starts from scratch, since sums of different shapes cannot be added.
 *
 * <p>A failure is kept beside the evaluations, until one from a later run of the job or of another specification shows that
 * the model learns again. Thread-safe: sums read a copy, so that nothing waits for them.
 */
public final class LatestEvaluations {
    /** How long a failure is known without being reported again, in milliseconds. */
    public static final long FAILURE_MILLIS = 300_000;

    private final Map<String, TreeMap<String, Evaluation>> models = new TreeMap<>();
    /** Last evaluation emitted for any key, including redelivered ones, by model. */
    private final Map<String, Evaluation> newest = new ConcurrentHashMap<>();
    /** Last evaluation with events, by model. */
    private final Map<String, Evaluation> withEvents = new HashMap<>();
    /** Last failure, by model. */
    private final Map<String, Evaluation> failures = new TreeMap<>();

    private final Paces paces = new Paces();
    private final Divergences divergences = new Divergences();
    private final HeldKeys held = new HeldKeys();

    /** Adds an evaluation; returns false if it is not newer than the known one. */
    public synchronized boolean add(Evaluation evaluation) {
        if (evaluation.failure() != null) {
            addFailure(evaluation);
            return false;
        }
        failures.computeIfPresent(
                evaluation.model(), (model, failure) -> resolves(evaluation, failure) ? null : failure);
        newest.merge(evaluation.model(), evaluation, LatestEvaluations::later);
        TreeMap<String, Evaluation> keys = models.computeIfAbsent(evaluation.model(), name -> new TreeMap<>());
        if (!keys.isEmpty() && !keys.firstEntry().getValue().total().sameShape(evaluation.total())) {
            if (keys.values().stream().anyMatch(known -> known.emittedAt() > evaluation.emittedAt())) {
                return false;
            }
            keys.clear();
            paces.remove(evaluation.model());
            divergences.remove(evaluation.model());
            held.remove(evaluation.model());
            withEvents.remove(evaluation.model());
        }
        Evaluation known = keys.get(evaluation.key());
        boolean sameIncarnation = known == null || known.incarnation().isSameIncarnation(evaluation.incarnation());
        if (known != null
                && !(sameIncarnation ? isNewer(evaluation, known) : evaluation.emittedAt() > known.emittedAt())) {
            return false;
        }
        if (!sameIncarnation) {
            forgetEvents(evaluation.model(), evaluation.key());
        }
        keys.put(evaluation.key(), evaluation);
        paces.add(evaluation);
        divergences.add(evaluation);
        held.add(evaluation);
        if (!evaluation.learning().events().isEmpty()) {
            withEvents.merge(evaluation.model(), evaluation, LatestEvaluations::later);
        }
        return true;
    }

    private void addFailure(Evaluation failure) {
        Evaluation last = newest.get(failure.model());
        if (last == null || !resolves(last, failure)) {
            failures.merge(failure.model(), failure, LatestEvaluations::later);
        }
    }

    /** Returns whether an evaluation shows that its model learns again. Other subtasks may have learned it all along. */
    private static boolean resolves(Evaluation evaluation, Evaluation failure) {
        boolean laterRun = evaluation.window().startedAt() > failure.emittedAt();
        boolean otherSpec = !evaluation.specHash().equals(failure.specHash());
        return evaluation.emittedAt() > failure.emittedAt() && (laterRun || otherSpec);
    }

    private static boolean isNewer(Evaluation evaluation, Evaluation known) {
        return evaluation.total().samples() > known.total().samples() || (evaluation.last() && !known.last());
    }

    private static Evaluation later(Evaluation known, Evaluation other) {
        return known.emittedAt() > other.emittedAt() ? known : other;
    }

    /** Removes a deleted key, or "" for a model without keys; returns whether it was the model's last one. */
    public synchronized boolean remove(String model, String key) {
        if (key.isEmpty()) {
            failures.remove(model);
        }
        TreeMap<String, Evaluation> keys = models.get(model);
        if (keys == null || keys.remove(key) == null) {
            return false;
        }
        paces.remove(model, key);
        forgetEvents(model, key);
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

    private void forgetEvents(String model, String key) {
        divergences.remove(model, key);
        held.remove(model, key);
        withEvents.computeIfPresent(model, (name, last) -> last.key().equals(key) ? null : last);
    }

    /** Returns the names of the evaluated models, sorted. */
    public synchronized List<String> models() {
        return new ArrayList<>(models.keySet());
    }

    /**
     * Returns the failures of the models that are not learned, by model.
     *
     * @param now milliseconds since 1970, UTC; a failure that lasts is reported again every minute, and older ones are omitted
     */
    public synchronized Map<String, Evaluation> failures(long now) {
        Map<String, Evaluation> recent = new TreeMap<>(failures);
        recent.values().removeIf(failure -> now - failure.emittedAt() > FAILURE_MILLIS);
        return recent;
    }

    /** Returns the newest evaluation of each of a model's keys, in the order of the keys. */
    public synchronized List<Evaluation> keys(String model) {
        Map<String, Evaluation> keys = models.get(model);
        return keys == null ? List.of() : new ArrayList<>(keys.values());
    }

    /** Returns the last evaluation emitted for any key of a model; null if there is none. Never waits, so each response may call it. */
    public @Nullable Evaluation newest(String model) {
        return newest.get(model);
    }

    /** Returns the last evaluation of any key of a model that has events; null if there is none. */
    public synchronized @Nullable Evaluation lastWithEvents(String model) {
        return withEvents.get(model);
    }

    /** Returns the newest divergence that a key of a model has not recovered from; null if there is none. */
    public synchronized @Nullable Divergence divergence(String model) {
        return divergences.newest(model);
    }

    /** Returns a key of a model whose snapshots are withheld; null if there is none. */
    public synchronized @Nullable Held held(String model) {
        return held.first(model);
    }

    /** Returns by how much a model is worse than a constant, over all keys; null unless it is. */
    public @Nullable WorseThanConstant worseThanConstant(String model) {
        List<Evaluation> keys = keys(model);
        return WorseThanConstant.of(
                keys.stream().map(Evaluation::total).toList(),
                keys.stream()
                        .map(key -> key.window().metrics())
                        .filter(Objects::nonNull)
                        .toList());
    }

    /**
     * Returns whether a model has not been evaluated for longer than usual.
     *
     * @param now milliseconds since 1970, UTC
     */
    public synchronized boolean isIdle(String model, long now) {
        return paces.isIdle(model, now);
    }

    /**
     * Returns the samples that a model learns per second, between the last two evaluations of each key.
     *
     * @param now milliseconds since 1970, UTC
     */
    public synchronized double perSecond(String model, long now) {
        return paces.perSecond(model, now);
    }

    /**
     * Returns the samples that a model has learned per second lately, at most: the rate of the last windows, which falls
     * while the next ones are late.
     *
     * @param now milliseconds since 1970, UTC
     */
    public synchronized double mostPerSecond(String model, long now) {
        return paces.mostPerSecond(model, now);
    }

    /**
     * What the keys of a model have learned together.
     *
     * @param keys 1 for a model without a key
     * @param samples learned since the start
     * @param version of which as many were published, as far as known; otherwise the same
     * @param publishedAt when a snapshot was last published, milliseconds since 1970, UTC; null if unknown
     */
    public record Learned(
            int keys, long samples, long version, @Nullable Long publishedAt) {}

    /** Returns what a model has learned; null if it has not been evaluated. */
    public @Nullable Learned learned(String model) {
        List<Evaluation> keys = keys(model);
        if (keys.isEmpty()) {
            return null;
        }
        long samples = 0;
        long version = 0;
        Long publishedAt = null;
        for (Evaluation evaluation : keys) {
            Evaluation.Published published = evaluation.learning().published();
            samples += evaluation.version();
            version += published.version() == null ? evaluation.version() : published.version();
            if (published.at() != null && (publishedAt == null || published.at() > publishedAt)) {
                publishedAt = published.at();
            }
        }
        return new Learned(keys.size(), samples, version, publishedAt);
    }

    /** Returns the sum over all keys of a model since the start; null if it has not been evaluated. */
    public @Nullable Tally total(String model) {
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
