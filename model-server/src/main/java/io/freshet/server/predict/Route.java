package io.freshet.server.predict;

import io.freshet.learning.features.MurmurHash3;
import io.freshet.server.body.RequestException;
import io.freshet.server.request.InferRequest;
import io.freshet.server.store.KeyLabels;
import io.freshet.server.store.LabeledVersion;
import io.freshet.server.store.ParameterSet;
import io.freshet.server.store.ServedModel;
import io.freshet.server.store.ServedSpec;
import io.freshet.server.store.VersionLabel;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Selects the version that predicts the rows of a key. */
public interface Route {
    /** Returns the selected version, or null if there is none. */
    @Nullable RowSource find(ServedModel model, String key) throws RequestException;

    /**
     * The version that answers a request.
     *
     * @param version a version, a label, or null for one selected by the labels
     */
    static Route of(InferRequest request, @Nullable String version) {
        return version == null
                ? (model, key) -> split(model, key, stickyKey(request))
                : (model, key) -> named(model, key, version);
    }

    /** Returns the version that predicts a request without answering it, or null. */
    static @Nullable RowSource shadow(ServedModel model, String key, InferRequest request) {
        KeyLabels labels = model.labels(key);
        LabeledVersion shadow = labels == null ? null : labels.versions().get(VersionLabel.SHADOW);
        ParameterSet set = labels == null ? null : labels.set(VersionLabel.SHADOW);
        return shadow != null && set != null && isInShare(model, VersionLabel.SHADOW, shadow, stickyKey(request))
                ? RowSource.labeled(set, VersionLabel.SHADOW.text())
                : null;
    }

    /**
     * Returns the versions whose inputs requests for a key may have: first the one whose inputs the metadata lists. Without a
     * named version, a client does not know which version will answer, so these are the newest and all with labels. None if the
     * key is unknown, or does not have the version.
     *
     * @param version a version, a label, or null for one selected by the labels
     */
    static List<ParameterSet> candidates(ServedModel model, String key, @Nullable String version) {
        KeyLabels labels = version == null ? model.labels(key) : null;
        ParameterSet described = set(model, key, version);
        return Stream.concat(Stream.ofNullable(described), labels == null ? Stream.of() : labels.sets().stream())
                .toList();
    }

    /** Returns the specification whose inputs the metadata lists for what a request names. */
    static ServedSpec described(ServedModel model, @Nullable String version) {
        ServedSpec described = described(model, "", version);
        return described == null ? model.spec() : described;
    }

    /** Like {@link #described(ServedModel, String)}, of a key; null if it is unknown, or does not have the version. */
    static @Nullable ServedSpec described(ServedModel model, String key, @Nullable String version) {
        ParameterSet set = set(model, key, version);
        return set == null ? null : set.served();
    }

    private static @Nullable ParameterSet set(ServedModel model, String key, @Nullable String version) {
        return version == null ? model.set(key) : model.set(key, version);
    }

    private static @Nullable RowSource named(ServedModel model, String key, String version) throws RequestException {
        ParameterSet set = VersionLookup.find(model, key, version);
        boolean label =
                version.equals(VersionLabel.NEWEST) || VersionLabel.of(version).isPresent();
        return set == null ? null : RowSource.labeled(set, label ? version : "");
    }

    private static @Nullable RowSource split(ServedModel model, String key, @Nullable String sticky) {
        KeyLabels labels = model.labels(key);
        if (labels == null) {
            ParameterSet set = model.set(key);
            return set == null ? null : RowSource.of(set);
        }
        LabeledVersion canary = labels.versions().get(VersionLabel.CANARY);
        if (canary == null) {
            return RowSource.labeled(labels.stable(), VersionLabel.STABLE.text());
        }
        return isInShare(model, VersionLabel.CANARY, canary, sticky)
                ? new RowSource(labels.set(VersionLabel.CANARY), "", VersionLabel.CANARY.text(), canary.traffic())
                : new RowSource(labels.stable(), "", VersionLabel.STABLE.text(), 1 - canary.traffic());
    }

    /** Each label of each model has a share of its own, so the same keys are not always those that try something new. */
    private static boolean isInShare(
            ServedModel model, VersionLabel label, LabeledVersion version, @Nullable String sticky) {
        return new HashShare(version.traffic(), MurmurHash3.hash(model.name(), label.ordinal())).contains(sticky);
    }

    private static @Nullable String stickyKey(InferRequest request) {
        String sticky = request.parameters().stickyKey();
        return sticky == null ? request.id() : sticky;
    }
}
