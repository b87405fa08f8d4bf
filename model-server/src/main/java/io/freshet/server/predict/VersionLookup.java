package io.freshet.server.predict;

import io.freshet.server.body.RequestException;
import io.freshet.server.body.RequestExcerpt;
import io.freshet.server.store.ModelStore;
import io.freshet.server.store.ParameterSet;
import io.freshet.server.store.Refusals;
import io.freshet.server.store.ServedModel;
import io.freshet.server.store.VersionLabel;
import io.freshet.server.store.VersionSpacing;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Finds the model, key, and version that a request names. */
public final class VersionLookup {
    private final ModelStore store;
    private final BooleanSupplier caughtUp;
    private final Predicate<String> expected;

    /**
     * @param caughtUp whether the topics are read, so that no version is newer than version 0 of a model
     * @param expected whether the first snapshot of a model that is not served may still arrive
     */
    public VersionLookup(ModelStore store, BooleanSupplier caughtUp, Predicate<String> expected) {
        this.store = store;
        this.caughtUp = caughtUp;
        this.expected = expected;
    }

    /** Returns the names of the models that answer, in order. */
    public List<String> names() {
        Set<String> names = new TreeSet<>(store.names());
        if (caughtUp.getAsBoolean()) {
            store.untrained().names().stream().filter(store::answers).forEach(names::add);
        }
        return List.copyOf(names);
    }

    /**
     * Returns what answers the requests to a model.
     *
     * @throws RequestException if nothing does: 503 if the model is expected, otherwise 404
     */
    public ServedModel model(String name) throws RequestException {
        ServedModel model = find(name);
        if (model == null) {
            throw notServed(name);
        }
        return model;
    }

    /** Like {@link #model}, but returns null if nothing answers. */
    public @Nullable ServedModel find(String name) {
        ServedModel model = store.model(name);
        return model == null && !store.isUnloaded(name) ? untrained(name) : model;
    }

    /**
     * Returns a model for records about it, which the trainer and the join read, whatever this server serves.
     *
     * @throws RequestException if it is not known: 503 if it is expected, otherwise 404
     */
    public ServedModel known(String name) throws RequestException {
        ServedModel published = store.published(name);
        ServedModel model = published == null ? untrained(name) : published;
        if (model == null) {
            throw notServed(name);
        }
        return model;
    }

    private @Nullable ServedModel untrained(String name) {
        return caughtUp.getAsBoolean() ? store.untrained().model(name) : null;
    }

    /**
     * Returns a model that serves a published version. One that only answers as version 0 has none to pin or label.
     *
     * @throws RequestException if there is none: 503 if it is expected, otherwise 404
     */
    public ServedModel published(String name) throws RequestException {
        ServedModel model = store.model(name);
        if (model == null) {
            throw notServed(name);
        }
        return model;
    }

    private RequestException notServed(String name) {
        if (store.isUnloaded(name)) {
            return RequestException.of(
                    503,
                    "model: " + name + ": unloaded (expected: a loaded one; see /v2/repository/models/" + name
                            + "/load)");
        }
        return !caughtUp.getAsBoolean()
                        || expected.test(name)
                        || store.untrained().spec(name) != null
                ? RequestException.of(
                        503,
                        "model: " + RequestExcerpt.name(name) + ": no complete snapshot yet (expected: one; try again)"
                                + rejected(name))
                : RequestException.notFound(
                        "model", RequestExcerpt.name(name), "one of " + RequestExcerpt.names(names()));
    }

    /**
     * Returns a model that serves a key.
     *
     * @param key null for a model without a key
     * @throws RequestException if the model or key is not served, or the key is missing
     */
    public ServedModel modelOfKey(String name, @Nullable String key) throws RequestException {
        ServedModel model = model(name);
        if (model.spec().isKeyed() && key == null) {
            throw RequestException.bad(
                    "key",
                    "missing",
                    "?key=..., because each " + model.spec().spec().key() + " has its own versions");
        }
        require(model, key == null ? "" : key, null);
        return model;
    }

    private String rejected(String name) {
        Refusals.Refusal last = store.refusals().last(name);
        return last == null ? "" : "; the last one was rejected, " + last.reason();
    }

    /**
     * Returns a parameter set of a key.
     *
     * @param key "" for a model without a key
     * @param version required version or label, or null for the live one
     * @throws RequestException 404 if the key is unknown, or the version is not kept
     */
    public static ParameterSet require(ServedModel model, String key, @Nullable String version)
            throws RequestException {
        ParameterSet set = find(model, key, version);
        if (set == null) {
            throw RequestException.notFound(noSuchKey(model, key));
        }
        return set;
    }

    /** Like {@link #require}, but returns null if the key is unknown. */
    static @Nullable ParameterSet find(ServedModel model, String key, @Nullable String version)
            throws RequestException {
        ParameterSet live = model.set(key);
        if (live == null || version == null) {
            return live;
        }
        ParameterSet set = model.set(key, version);
        if (set == null) {
            String of = model.spec().isKeyed() ? ", " + model.spec().spec().key() + " " + RequestExcerpt.text(key) : "";
            List<String> known = model.versions(key).stream()
                    .map(kept -> kept.version() + names(model, key, kept))
                    .toList();
            throw RequestException.notFound(
                    "model " + model.name() + of + ", version",
                    RequestExcerpt.name(version),
                    RequestExcerpt.names(known));
        }
        return set;
    }

    /**
     * Returns the 404 for a key of which no version is kept that was published some time ago.
     *
     * @param key "" for a model without a key
     */
    public static RequestException notKept(ServedModel model, String key, Duration ago) {
        String oldest = model.versions(key).stream()
                .min(Comparator.comparingLong(kept -> kept.published().publishedAt()))
                .map(kept -> "version " + kept.version() + ", published "
                        + Instant.ofEpochMilli(kept.published().publishedAt()) + ", is the oldest that is kept")
                .orElse("none is kept");
        return RequestException.notFound(
                "ago",
                VersionSpacing.text(ago),
                "less; " + oldest + "; freshet apply --from " + model.name() + "@VERSION may go further back");
    }

    /** Returns what else a version is called, in parentheses. */
    private static String names(ServedModel model, String key, ParameterSet set) {
        List<String> names = new ArrayList<>(VersionList.labels(model, set));
        if (model.set(key) == set && !names.contains(VersionLabel.STABLE.text())) {
            names.add(0, "live");
        }
        return names.isEmpty() ? "" : " (" + String.join(", ", names) + ")";
    }

    public static String noSuchKey(ServedModel model, String key) {
        return model.spec().isKeyed()
                ? "model " + model.name() + ", " + model.spec().spec().key() + ": " + RequestExcerpt.text(key)
                        + " (expected: a key that the model has learned)"
                : "model " + model.name() + ": no longer served (expected: a served model)";
    }
}
