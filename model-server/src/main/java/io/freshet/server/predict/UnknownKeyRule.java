package io.freshet.server.predict;

import io.freshet.server.body.RequestException;
import io.freshet.server.request.UnknownKeys;
import io.freshet.server.store.ParameterSet;
import io.freshet.server.store.ServedModel;
import io.freshet.server.store.ServedSpec;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Selects what predicts the rows of a keyed model whose keys have no parameters. */
public final class UnknownKeyRule {
    private final Function<String, @Nullable ServedModel> models;
    private final UnknownKeys policy;
    private final Map<String, String> parents;

    /**
     * @param models what answers the requests to a model, also before its first version; null if nothing does
     * @param policy of requests that name none
     * @param parents for the name of a keyed model, the name of a model without a key
     */
    public UnknownKeyRule(
            Function<String, @Nullable ServedModel> models, UnknownKeys policy, Map<String, String> parents) {
        this.models = models;
        this.policy = policy;
        this.parents = Map.copyOf(parents);
    }

    /**
     * Returns the policy for a request to a keyed model.
     *
     * @throws RequestException if the request names the parent, and the model has none
     */
    UnknownKeys policy(ServedModel model, @Nullable UnknownKeys requested) throws RequestException {
        if (requested == UnknownKeys.PARENT && !parents.containsKey(model.name())) {
            throw RequestException.bad(
                    "parameters.unknown_keys",
                    requested.label(),
                    "zero or error; the server has no --parent for model " + model.name());
        }
        return requested == null ? policy : requested;
    }

    /** Returns the specification of what predicts unknown keys of a model in requests that name no policy, or null. */
    public @Nullable ServedSpec parentSpec(ServedModel model) {
        ParameterSet set = policy == UnknownKeys.PARENT ? parentSet(model) : null;
        return set == null ? null : set.served();
    }

    /** Returns what predicts the rows of one request, the same for all of them, by the error of a key without parameters. */
    Function<String, RowSource> sources(ServedModel model, UnknownKeys selected) {
        return switch (selected) {
            case ZERO -> {
                RowSource zero = RowSource.of(model.zero());
                yield error -> zero;
            }
            case PARENT -> parent(model);
            case ERROR -> RowSource::none;
        };
    }

    private Function<String, RowSource> parent(ServedModel model) {
        String name = parents.get(model.name());
        if (name == null) {
            return RowSource::none;
        }
        ParameterSet set = parentSet(model);
        if (set == null) {
            return error -> RowSource.none(error + "; parent " + name + ": not served, or not a model without a key");
        }
        if (!set.served().hasOutputsOf(model.spec())) {
            return error -> RowSource.none(error + "; parent " + name + ": other outputs than model " + model.name());
        }
        RowSource source = RowSource.of(set);
        return error -> source;
    }

    private @Nullable ParameterSet parentSet(ServedModel model) {
        String name = parents.get(model.name());
        ServedModel parent = name == null ? null : models.apply(name);
        return parent == null ? null : parent.set("");
    }
}
