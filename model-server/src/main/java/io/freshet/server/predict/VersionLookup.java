package io.freshet.server.predict;

import io.freshet.server.request.Excerpt;
import io.freshet.server.request.RequestException;
import io.freshet.server.store.ModelStore;
import io.freshet.server.store.ParameterSet;
import io.freshet.server.store.ServedModel;
import io.freshet.server.store.ServedSpec;
import org.jspecify.annotations.Nullable;

/** Finds the model, key, and live version that a request names. */
public final class VersionLookup {
    private VersionLookup() {}

    /** @throws RequestException 404 if the model is not served */
    public static ServedModel model(ModelStore store, String name) throws RequestException {
        ServedModel model = store.model(name);
        if (model == null) {
            throw RequestException.notFound(
                    "model",
                    Excerpt.name(name),
                    store.isEmpty() ? "a served model; there are none yet" : "one of " + Excerpt.names(store.names()));
        }
        return model;
    }

    /**
     * Returns the live parameter set of a key.
     *
     * @param key "" for a model without a key
     * @param version required version, or null for any
     * @throws RequestException 404 if the key is unknown, or its live version is another
     */
    public static ParameterSet require(ServedModel model, String key, @Nullable String version)
            throws RequestException {
        ServedSpec spec = model.spec();
        ParameterSet set = model.set(key);
        if (set == null) {
            throw RequestException.notFound(
                    "model " + model.name()
                            + (spec.isKeyed() ? ", " + spec.spec().key() : ""),
                    spec.isKeyed() ? Excerpt.text(key) : "no longer served",
                    spec.isKeyed() ? "a key that the model has learned" : "a served model");
        }
        if (version != null && !version.equals(Long.toString(set.version()))) {
            throw RequestException.notFound(
                    "model " + model.name()
                            + (spec.isKeyed() ? ", " + spec.spec().key() + " " + Excerpt.text(key) : "") + ", version",
                    Excerpt.name(version),
                    set.version() + ", the live version");
        }
        return set;
    }
}
