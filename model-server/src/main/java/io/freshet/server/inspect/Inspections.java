package io.freshet.server.inspect;

import io.freshet.schemas.facts.LatestEvaluations;
import io.freshet.schemas.kafka.Topics;
import io.freshet.server.body.RequestException;
import io.freshet.server.metrics.ModelConditions;
import io.freshet.server.predict.VersionLookup;
import io.freshet.server.store.ModelStore;
import io.freshet.server.store.ServedModel;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Answers what people ask about a model. May wait for a broker. */
public final class Inspections {
    private static final int LISTED_KEYS = 100;

    private final ModelStore store;
    private final VersionLookup lookup;
    private final LatestEvaluations evaluations;
    private final ModelConditions conditions;
    private final RecentRecords records;
    private final Topics topics;
    private final boolean open;

    /**
     * What is read from topics on request.
     *
     * @param deadLetters why records were rejected
     * @param samples the records to learn
     */
    public record RecentRecords(RecentDeadLetters deadLetters, RecentSamples samples) {}

    /**
     * @param topics of models that are not served, and so do not name theirs
     * @param open whether any host can ask
     */
    public Inspections(
            ModelStore store,
            VersionLookup lookup,
            LatestEvaluations evaluations,
            ModelConditions conditions,
            RecentRecords records,
            Topics topics,
            boolean open) {
        this.store = store;
        this.lookup = lookup;
        this.evaluations = evaluations;
        this.conditions = conditions;
        this.records = records;
        this.topics = topics;
        this.open = open;
    }

    /**
     * Returns the features whose parameters changed most between the two newest versions.
     *
     * @param key null for a model without a key
     * @throws RequestException if the model or key is not served, or the key is missing
     */
    public JsonObject movers(String name, @Nullable String key) throws RequestException {
        ServedModel model = lookup.modelOfKey(name, key);
        String served = key == null ? "" : key;
        return Movers.of(
                model,
                served,
                (spec, buckets) -> records.samples.of(topics(model)).names(spec, served, buckets));
    }

    /**
     * Returns values for the inputs of a model, from a recent record or the means of its numbers.
     *
     * @param key whose record is preferred; null for any
     * @throws RequestException if the model is not served
     */
    public JsonObject example(String name, @Nullable String key) throws RequestException {
        ServedModel model = lookup.model(name);
        String preferred = key == null ? "" : key;
        JsonObject example =
                new ExampleRow(model.spec()).of(records.samples.of(topics(model)), model.set(preferred), preferred);
        return new JsonObject().put("name", name).mergeIn(example);
    }

    /**
     * Returns the newest specification of a model, and what its last change was.
     *
     * @throws RequestException if the model is not served
     */
    public JsonObject specification(String name) throws RequestException {
        return SpecificationView.of(lookup.model(name));
    }

    /**
     * Returns the keys of a model that start with a prefix, in order, and how many there are. A server that any host can ask lists
     * only the key that the caller knows.
     *
     * @throws RequestException if the model is not served
     */
    public JsonObject keys(String name, String prefix) throws RequestException {
        ServedModel model = lookup.model(name);
        List<String> keys = !open
                ? model.keys(prefix, LISTED_KEYS)
                : model.set(prefix) == null || !model.spec().isKeyed() ? List.of() : List.of(prefix);
        JsonObject found =
                new JsonObject().put("name", name).put("total", model.keys()).put("keys", new JsonArray(keys));
        return open ? found.put("withheld", true) : found;
    }

    /**
     * Returns how well each class is predicted since the start, most frequent first; none for a model without classes.
     *
     * @param key null for all keys together
     */
    public JsonObject classes(String name, @Nullable String key) {
        return ClassesView.of(name, store.model(name), ClassesView.total(evaluations, name, key));
    }

    /** Returns what the join of a model has counted, and how good its answers were; only the name if it has none. */
    public JsonObject join(String name) {
        return JoinView.of(name, conditions.join(name));
    }

    /**
     * Returns why records were rejected for a model, which need not be served: the reason may be that all are rejected.
     *
     * @throws RequestException 503 if no broker answers
     */
    public JsonObject deadLetters(String name) throws RequestException {
        return records.deadLetters.of(name, topics(store.model(name)).deadLetters());
    }

    private Topics topics(@Nullable ServedModel model) {
        return model == null || model.topic().isEmpty() ? topics : new Topics(topics.prefix(), model.topic());
    }
}
