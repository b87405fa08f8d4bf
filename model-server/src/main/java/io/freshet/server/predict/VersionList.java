package io.freshet.server.predict;

import io.freshet.schemas.snapshot.FloatBytes;
import io.freshet.server.metrics.ModelConditions;
import io.freshet.server.store.KeyLabels;
import io.freshet.server.store.LabeledVersion;
import io.freshet.server.store.ParameterSet;
import io.freshet.server.store.ServedModel;
import io.freshet.server.store.VersionLabel;
import io.freshet.server.store.VersionSpacing;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The versions of a model that requests can name, as JSON. */
public final class VersionList {
    /** The state of a version that was labeled {@code stable}. */
    private static final String PINNED = "pinned";

    private VersionList() {}

    /**
     * Returns the versions of a key, newest first, with their ages, and what its labels name.
     *
     * @param key "" for a model without a key
     * @param now milliseconds since 1970, UTC
     */
    public static JsonObject of(ServedModel model, String key, ModelConditions conditions, long now) {
        JsonArray versions = new JsonArray();
        Map<ParameterSet, List<String>> reasons = model.reasons(key);
        for (ParameterSet set : model.versions(key)) {
            JsonObject version = entry(model, set, conditions, now);
            List<String> keptFor = reasons.getOrDefault(set, List.of());
            if (!keptFor.isEmpty()) {
                version.put("kept_for", new JsonArray(keptFor));
            }
            versions.add(version);
        }
        JsonObject list = new JsonObject()
                .put("name", model.name())
                .put("versions", versions)
                .put("rollback", rollback(model, key, now));
        JsonObject labels = labels(model, key);
        return labels.isEmpty() ? list : list.put("labels", labels);
    }

    /** Returns what is known about a version: when it was published, what it has learned, and how old that is. */
    public static JsonObject entry(ServedModel model, ParameterSet set, ModelConditions conditions, long now) {
        JsonObject version =
                new JsonObject().put("version", Long.toString(set.version())).put("state", state(model, set));
        if (set.isPublished()) {
            version.put("published_at", publishedAt(set));
        }
        version.put("checksum", FloatBytes.checksumText(set.published().checksum()));
        List<String> labels = labels(model, set);
        if (!labels.isEmpty()) {
            version.put("labels", new JsonArray(labels));
        }
        if (set.watermark() != Long.MIN_VALUE) {
            version.put("watermark", Instant.ofEpochMilli(set.watermark()).toString())
                    .put("age_seconds", conditions.ageSeconds(model.spec().spec(), set.watermark(), now));
        }
        return version;
    }

    /** Returns the durations by which a key can go back to a version that it does not serve, and the version of each. */
    private static JsonArray rollback(ServedModel model, String key, long now) {
        JsonArray rollback = new JsonArray();
        for (Duration ago : model.spacings()) {
            ParameterSet set = model.setAt(key, now - ago.toMillis());
            if (set != null && set != model.set(key)) {
                rollback.add(new JsonObject()
                        .put("ago", VersionSpacing.text(ago))
                        .put("version", Long.toString(set.version()))
                        .put("published_at", publishedAt(set)));
            }
        }
        return rollback;
    }

    private static String publishedAt(ParameterSet set) {
        return Instant.ofEpochMilli(set.published().publishedAt()).toString();
    }

    /** Returns whether a version is live, pinned, or only kept for requests that name it. */
    private static String state(ServedModel model, ParameterSet set) {
        String key = set.snapshot().key();
        if (model.set(key) != set) {
            return "kept";
        }
        KeyLabels labels = model.labels(key);
        return labels != null && labels.isPinned() ? PINNED : "live";
    }

    /** Returns the state and the labels of a version. */
    public static String description(ServedModel model, ParameterSet set) {
        String state = state(model, set);
        List<String> parts = new ArrayList<>(labels(model, set));
        if (state.equals(PINNED)) {
            parts.remove(VersionLabel.STABLE.text());
        }
        parts.add(0, state);
        return String.join(", ", parts);
    }

    /** Returns the names of a version's labels. */
    static List<String> labels(ServedModel model, ParameterSet set) {
        KeyLabels labels = model.labels(set.snapshot().key());
        return labels == null
                ? List.of()
                : labels.of(set).stream().map(VersionLabel::text).toList();
    }

    /** Returns what the labels of a key name, as JSON; empty if it has none. */
    public static JsonObject labels(ServedModel model, String key) {
        JsonObject json = new JsonObject();
        KeyLabels labels = model.labels(key);
        if (labels != null) {
            for (VersionLabel label : VersionLabel.values()) {
                LabeledVersion version = labels.versions().get(label);
                if (version != null) {
                    JsonObject value = new JsonObject().put("version", version.version());
                    json.put(
                            label.text(),
                            label == VersionLabel.STABLE ? value : value.put("traffic", version.traffic()));
                }
            }
        }
        return json;
    }
}
