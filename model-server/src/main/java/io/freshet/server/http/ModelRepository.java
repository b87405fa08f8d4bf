package io.freshet.server.http;

import io.freshet.server.body.RequestException;
import io.freshet.server.body.RequestExcerpt;
import io.freshet.server.metrics.ModelConditions;
import io.freshet.server.predict.VersionList;
import io.freshet.server.predict.VersionLookup;
import io.freshet.server.store.ModelStore;
import io.freshet.server.store.ParameterSet;
import io.freshet.server.store.ServedModel;
import io.freshet.server.store.VersionLabel;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The actions of the model repository extension. They wait for the store's lock, which a swap may hold, so they must
 * not run on an event loop.
 */
public final class ModelRepository {
    private static final int MAXIMUM_BODY_BYTES = 64 << 10;
    private static final int MAXIMUM_IN_FLIGHT = 64;
    private static final Logger log = LoggerFactory.getLogger(ModelRepository.class);

    private final ModelStore store;
    private final VersionLookup lookup;
    private final ModelConditions conditions;
    private final InstantSource clock;
    private final Admission admission = new Admission(
            "requests to the repository", MAXIMUM_IN_FLIGHT, (long) MAXIMUM_IN_FLIGHT * MAXIMUM_BODY_BYTES);

    /** @param clock of the times by which labels go back */
    public ModelRepository(ModelStore store, VersionLookup lookup, ModelConditions conditions, InstantSource clock) {
        this.store = store;
        this.lookup = lookup;
        this.conditions = conditions;
        this.clock = clock;
    }

    /** Returns what limits the requests of both protocols that run an action. */
    public Admission admission() {
        return admission;
    }

    /** Returns the limits of requests whose bodies contain names, as theirs do. */
    public static Limits limits(Limits limits) {
        return limits.withBodyBytes(MAXIMUM_BODY_BYTES);
    }

    /** @param readyOnly whether to omit what cannot be requested */
    public JsonArray index(boolean readyOnly) {
        return RepositoryIndex.of(store, lookup, readyOnly);
    }

    /**
     * Pins a version, or follows the newest one.
     *
     * @param version the version to pin, or null to follow
     * @param key null for a model without a key, or to follow with all keys
     * @throws RequestException if the model, version, or key is unknown, or the key is not expected
     */
    public void load(String name, @Nullable String version, @Nullable String key) throws RequestException {
        if (version != null || key != null) {
            requireKey(name, key);
        }
        if (version != null) {
            pin(name, key, version);
        } else if (!store.follow(name, key)) {
            throw notFound(name);
        } else {
            log.info("model {}{}: follows the newest version", name, suffix(key));
        }
    }

    /**
     * Labels a version, which is then kept.
     *
     * @param version a version, a label, or {@link VersionLabel#NEWEST} for whichever is the newest
     * @param key null for a model without a key
     * @param traffic share of the requests, in [0, 1]
     * @return the labels of the key
     * @throws RequestException if the model, version, or key is unknown
     */
    public JsonObject label(String name, @Nullable String key, VersionLabel label, String version, double traffic)
            throws RequestException {
        ServedModel model = requireKey(name, key);
        if (!store.label(name, orEmpty(key), label, version, traffic)) {
            VersionLookup.require(model, orEmpty(key), version);
        }
        log.info("model {}{}: {} is {}", name, suffix(key), label.text(), version);
        return labels(model, key);
    }

    /**
     * Labels the version that was the newest some time ago, which is then kept.
     *
     * @param key null for a model without a key
     * @param traffic share of the requests, in [0, 1]
     * @return the labels of the key, and the version
     * @throws RequestException if the model or key is unknown, or no version is kept that is so old
     */
    public JsonObject label(String name, @Nullable String key, VersionLabel label, Duration ago, double traffic)
            throws RequestException {
        ServedModel model = requireKey(name, key);
        long now = clock.millis();
        ParameterSet set = store.label(
                name, orEmpty(key), label, known -> known.setAt(orEmpty(key), now - ago.toMillis()), traffic);
        if (set == null) {
            throw VersionLookup.notKept(model, orEmpty(key), ago);
        }
        log.info("model {}{}: {} is {}, the newest {} ago", name, suffix(key), label.text(), set.version(), ago);
        return labels(model, key)
                .put("chosen", VersionList.entry(model, set, conditions, now).put("samples", set.version()));
    }

    /**
     * Labels a version that was published at a time, as the list of versions has it. It is then kept.
     *
     * @param key null for a model without a key
     * @param traffic share of the requests, in [0, 1]
     * @return the labels of the key
     * @throws RequestException if the model or key is unknown, or no such version is kept
     */
    public JsonObject label(
            String name, @Nullable String key, VersionLabel label, String version, Instant publishedAt, double traffic)
            throws RequestException {
        ServedModel model = requireKey(name, key);
        ParameterSet set = store.label(
                name,
                orEmpty(key),
                label,
                known -> known.publishedAt(orEmpty(key), version, publishedAt.toEpochMilli()),
                traffic);
        if (set == null) {
            VersionLookup.require(model, orEmpty(key), version);
            throw RequestException.notFound(
                    "model " + name + suffix(key) + ", version " + version + ", published_at",
                    publishedAt.toString(),
                    "that of a version that is kept; numbers repeat after a reset");
        }
        log.info("model {}{}: {} is {}, published {}", name, suffix(key), label.text(), version, publishedAt);
        return labels(model, key);
    }

    /**
     * Removes a label.
     *
     * @return the labels of the key that are left
     * @throws RequestException if the model or key is unknown, or does not have the label
     */
    public JsonObject unlabel(String name, @Nullable String key, VersionLabel label) throws RequestException {
        ServedModel model = requireKey(name, key);
        if (!store.unlabel(name, orEmpty(key), label)) {
            Set<String> labels = VersionList.labels(model, orEmpty(key)).fieldNames();
            throw RequestException.notFound(
                    "model " + name + suffix(key) + ", label",
                    label.text(),
                    labels.isEmpty() ? "none, because none is set" : "one of " + RequestExcerpt.names(labels));
        }
        log.info("model {}{}: {} is removed", name, suffix(key), label.text());
        return labels(model, key);
    }

    private static JsonObject labels(ServedModel model, @Nullable String key) {
        return new JsonObject().put("name", model.name()).put("labels", VersionList.labels(model, orEmpty(key)));
    }

    /** @throws RequestException if the model or key is unknown, or the key is missing or not expected */
    private ServedModel requireKey(String name, @Nullable String key) throws RequestException {
        ServedModel known = store.known(name);
        ServedModel model = known == null ? lookup.published(name) : known;
        String field = model.spec().spec().key();
        if (field != null && key == null) {
            throw RequestException.bad("key", "missing", "a key, because each " + field + " has its own versions");
        }
        if (field == null && key != null) {
            throw RequestException.bad("key", RequestExcerpt.name(key), "none; model " + name + " has no key");
        }
        VersionLookup.require(model, orEmpty(key), null);
        return model;
    }

    /** Returns the key of a model without one as the store names it. */
    private static String orEmpty(@Nullable String key) {
        return key == null ? "" : key;
    }

    private static String suffix(@Nullable String key) {
        return key == null ? "" : ", key " + key;
    }

    /** @throws RequestException if the model is unknown */
    public void unload(String name) throws RequestException {
        if (!store.unload(name)) {
            throw notFound(name);
        }
        log.info("model {}: unloaded", name);
    }

    private void pin(String name, @Nullable String key, String version) throws RequestException {
        if (!store.pin(name, orEmpty(key), version)) {
            VersionLookup.require(requireKey(name, key), orEmpty(key), version);
        }
        log.info("model {}{}: version {} is pinned", name, suffix(key), version);
    }

    private RequestException notFound(String name) {
        return RequestException.notFound(
                "model", RequestExcerpt.name(name), "one of " + RequestExcerpt.names(lookup.names()));
    }
}
