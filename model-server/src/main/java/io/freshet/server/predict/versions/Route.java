package io.freshet.server.predict.versions;

import io.freshet.learning.features.MurmurHash3;
import io.freshet.server.body.RequestException;
import io.freshet.server.predict.rows.RowSource;
import io.freshet.server.request.InferRequest;
import io.freshet.server.store.KeyLabels;
import io.freshet.server.store.LabeledVersion;
import io.freshet.server.store.ParameterSet;
import io.freshet.server.store.ServedModel;
import io.freshet.server.store.VersionLabel;
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
        return labels == null ? null : labeled(model, labels, VersionLabel.SHADOW, stickyKey(request));
    }

    private static @Nullable RowSource named(ServedModel model, String key, String version) throws RequestException {
        ParameterSet set = VersionLookup.find(model, key, version);
        boolean label =
                version.equals(VersionLabel.NEWEST) || VersionLabel.of(version).isPresent();
        return set == null ? null : new RowSource(set, "", label ? version : "");
    }

    private static @Nullable RowSource split(ServedModel model, String key, @Nullable String sticky) {
        KeyLabels labels = model.labels(key);
        if (labels == null) {
            ParameterSet set = model.set(key);
            return set == null ? null : RowSource.of(set);
        }
        RowSource canary = labeled(model, labels, VersionLabel.CANARY, sticky);
        return canary != null ? canary : new RowSource(labels.stable(), "", VersionLabel.STABLE.text());
    }

    /** Returns the version with a label, or null if there is none or the request is not in its share. */
    private static @Nullable RowSource labeled(
            ServedModel model, KeyLabels labels, VersionLabel label, @Nullable String sticky) {
        LabeledVersion version = labels.versions().get(label);
        // Each label of each model has a share of its own, so the same keys are not always those that try something
        // new.
        return version == null
                        || !new HashShare(version.traffic(), MurmurHash3.hash(model.name(), label.ordinal()))
                                .contains(sticky)
                ? null
                : new RowSource(labels.set(label), "", label.text());
    }

    private static @Nullable String stickyKey(InferRequest request) {
        String sticky = request.parameters().stickyKey();
        return sticky == null ? request.id() : sticky;
    }
}
