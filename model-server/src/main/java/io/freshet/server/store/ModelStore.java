package io.freshet.server.store;

import io.freshet.learning.model.Parameters;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.learning.spec.PublishSpec.Lane;
import io.freshet.schemas.snapshot.PublishedSnapshot;
import io.freshet.schemas.snapshot.SnapshotReader;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * All served models, by name.
 *
 * <pre>
 *   same spec and incarnation  the higher version (samples learned) is served
 *   either differs             the one published later is served: the one read later in one partition, else by their clocks
 *   topic recreated            the first one of the new topic is served, and then as above
 *   incompatible spec          (other key field; or with a key, other task or outputs) the one published later replaces all
 *                              keys, their older versions, and their labels
 *   deleted in a lane          snapshots from that lane are no longer served
 * </pre>
 *
 * Reads take no lock and never see a partial swap. Thread-safe.
 */
public final class ModelStore {
    private final ConcurrentSkipListMap<String, ServedModel> models = new ConcurrentSkipListMap<>();
    /** Names of models that follow their topics, but are not served. */
    private final Set<String> unloaded = ConcurrentHashMap.newKeySet();

    private final UntrainedModels untrained = new UntrainedModels(models::containsKey);
    private final Refusals refusals = new Refusals();
    private final OlderVersions older;

    /** Creates a store with default limits. */
    public ModelStore() {
        this(VersionLimits.DEFAULT);
    }

    /** @param limits limits on older versions */
    public ModelStore(VersionLimits limits) {
        older = new OlderVersions(limits);
    }

    /** Applies a change from a parameters topic of one partition that is never recreated. */
    public SwapOutcome apply(SnapshotReader.Change change, Lane lane) {
        return apply(change, new SnapshotOrigin(lane, 0, 0));
    }

    /**
     * Applies a change from a parameters topic.
     *
     * @param source where it was read
     * @throws IllegalStateException if the model cannot predict on this machine, for example because a native library
     *     is missing; the store is then unchanged
     */
    public synchronized SwapOutcome apply(SnapshotReader.Change change, SnapshotOrigin source) {
        PublishedSnapshot published = change.snapshot();
        return published == null
                ? remove(change.key().model(), change.key().key(), source.lane())
                : put(published, source);
    }

    /** Returns the snapshots that are not served. */
    public Refusals refusals() {
        return refusals;
    }

    /** Returns the applied models that answer as version 0 before a version is published. */
    public UntrainedModels untrained() {
        return untrained;
    }

    /** Returns a model that has published versions, whether or not it is served; or null. */
    public @Nullable ServedModel published(String name) {
        return models.get(name);
    }

    /** Returns a model, or null if it is not served. */
    public @Nullable ServedModel model(String name) {
        return unloaded.contains(name) ? null : models.get(name);
    }

    /** Returns the served parameters of a key, or none. */
    public Parameters parameters(String name, String key) {
        ServedModel model = models.get(name);
        ParameterSet set = model == null ? null : model.set(key);
        return set == null ? Parameters.none() : set.snapshot().values();
    }

    /** Returns a model that is served or unloaded, or null if it is not known. */
    public @Nullable ServedModel known(String name) {
        return models.get(name);
    }

    /** Returns whether a model was unloaded. One with keys stays so while it has none, because they expired. */
    public boolean isUnloaded(String name) {
        return unloaded.contains(name);
    }

    /** Stops serving a model; returns false if it is not known. It keeps following its topic. */
    public synchronized boolean unload(String name) {
        if (isKnown(name)) {
            unloaded.add(name);
        }
        return unloaded.contains(name);
    }

    /**
     * Serves a model that was unloaded.
     *
     * @param key the key that serves its newest set again, or null for all
     * @return false if the model is not known
     */
    public synchronized boolean follow(String name, @Nullable String key) {
        ServedModel model = models.get(name);
        boolean known = isKnown(name);
        if (model != null && key == null) {
            model.unlabelAll(VersionLabel.STABLE);
        } else if (model != null && key != null) {
            model.unlabel(key, VersionLabel.STABLE);
        }
        return unloaded.remove(name) || known;
    }

    /** Serves a version of a key until {@link #follow}; returns false if there is no such version. */
    public synchronized boolean pin(String name, String key, String version) {
        if (!label(name, key, VersionLabel.STABLE, version, 1)) {
            return false;
        }
        unloaded.remove(name);
        return true;
    }

    /**
     * Labels a version, which is then kept whatever the limits.
     *
     * @param version a version, a label of the key, or {@link VersionLabel#NEWEST} for whichever is the newest
     * @param traffic share of the requests, in [0, 1]
     * @return false if there is no such version
     */
    public synchronized boolean label(String name, String key, VersionLabel label, String version, double traffic) {
        ServedModel model = models.get(name);
        ParameterSet set = model == null ? null : model.set(key, version);
        if (model == null || set == null) {
            return false;
        }
        model.label(key, label, new LabeledVersion(version.equals(VersionLabel.NEWEST) ? null : set, traffic));
        return true;
    }

    /**
     * Labels a version of a key that is chosen by more than its number, because numbers repeat after a reset.
     *
     * @param choice returns the version, or null if it is not kept
     * @return the version, or null
     */
    public synchronized @Nullable ParameterSet label(
            String name,
            String key,
            VersionLabel label,
            Function<ServedModel, @Nullable ParameterSet> choice,
            double traffic) {
        ServedModel model = models.get(name);
        ParameterSet set = model == null ? null : choice.apply(model);
        if (model != null && set != null) {
            model.label(key, label, new LabeledVersion(set, traffic));
        }
        return set;
    }

    /** Removes a label; returns false if the key does not have it. */
    public synchronized boolean unlabel(String name, String key, VersionLabel label) {
        ServedModel model = models.get(name);
        return model != null && model.unlabel(key, label);
    }

    /** Forgets a model that is no longer applied. What is published of it is served until it is deleted from its topic. */
    public synchronized void delete(String name) {
        untrained.delete(name);
        forget(name);
    }

    /** Returns the names of the served models, in order. */
    public List<String> names() {
        return models().stream().map(ServedModel::name).toList();
    }

    /** Returns the names of the unloaded models, in order. */
    public List<String> unloadedNames() {
        return unloaded.stream().sorted().toList();
    }

    /** Returns the served models, in the order of their names. */
    public List<ServedModel> models() {
        return models.values().stream()
                .filter(model -> !unloaded.contains(model.name()))
                .toList();
    }

    public boolean isEmpty() {
        return models.isEmpty();
    }

    /** Returns whether requests to a model are answered, also as version 0. */
    public boolean answers(String name) {
        return isKnown(name) && !unloaded.contains(name);
    }

    private boolean isKnown(String name) {
        return models.containsKey(name) || untrained.spec(name) != null;
    }

    private SwapOutcome put(PublishedSnapshot published, SnapshotOrigin source) {
        ModelSpec spec = published.snapshot().spec();
        ServedModel model = models.get(spec.name());
        ServedSpec known = model == null ? null : model.spec(published.specHash());
        ServedSpec served = known == null ? ServedSpec.of(spec, published.specHash()) : known;
        boolean compatible = model != null && model.spec().isCompatibleWith(served);
        ParameterSet set = ParameterSet.of(served, published, source);
        if (model != null && !compatible && !model.precedes(set)) {
            return SwapOutcome.STALE;
        }
        if (known == null) {
            WarmUp.run(set);
        }
        if (model != null && compatible) {
            return model.put(set) ? SwapOutcome.SWAPPED : SwapOutcome.STALE;
        }
        older.removeAll(spec.name());
        models.put(spec.name(), new ServedModel(set, older, model));
        untrained.prepare(spec.name());
        return SwapOutcome.SWAPPED;
    }

    private void forget(String name) {
        unloaded.remove(name);
        refusals.forget(name);
    }

    private SwapOutcome remove(String name, String key, Lane lane) {
        ServedModel model = models.get(name);
        if (model == null && key.isEmpty()) {
            refusals.forget(name);
        }
        if (model == null || !model.remove(key, lane)) {
            return SwapOutcome.STALE;
        }
        if (model.empty()) {
            models.remove(name);
            // Keys expire, and the next one belongs to the same model.
            if (!model.spec().isKeyed()) {
                forget(name);
            }
            untrained.prepare(name);
        }
        return SwapOutcome.REMOVED;
    }
}
