package io.freshet.server.predict;

import io.freshet.server.body.RequestException;
import io.freshet.server.predict.rows.RowSource;
import io.freshet.server.request.UnknownKeys;
import io.freshet.server.store.ParameterSet;
import io.freshet.server.store.ServedModel;
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

    /** @param error why the key has no parameters */
    RowSource source(ServedModel model, UnknownKeys selected, String error) {
        return switch (selected) {
            case ZERO -> RowSource.of(model.zero());
            case PARENT -> parent(model, error);
            case ERROR -> RowSource.none(error);
        };
    }

    private RowSource parent(ServedModel model, String error) {
        String name = parents.get(model.name());
        if (name == null) {
            return RowSource.none(error);
        }
        ServedModel parent = models.apply(name);
        ParameterSet set = parent == null ? null : parent.set("");
        if (set == null) {
            return RowSource.none(error + "; parent " + name + ": not served, or not a model without a key");
        }
        return set.served().hasOutputsOf(model.spec())
                ? RowSource.of(set)
                : RowSource.none(error + "; parent " + name + ": other outputs than model " + model.name());
    }
}
