package io.freshet.server.page;

import io.freshet.learning.evaluation.Metrics;
import io.freshet.learning.evaluation.Tally;
import io.freshet.learning.watch.Event;
import io.freshet.schemas.evaluation.Evaluation;
import io.freshet.schemas.evaluation.LatestEvaluations;
import io.freshet.schemas.freshness.Condition;
import io.freshet.server.metrics.ModelConditions;
import io.freshet.server.store.ModelStore;
import io.freshet.server.store.ServedModel;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The page's table of models: the metrics, throughput, version, and age of each. Not thread-safe. */
public final class ModelTable {
    private final LatestEvaluations evaluations;
    private final ModelStore store;
    private final ModelConditions conditions;
    private final Map<String, Rate> rates = new HashMap<>();

    public ModelTable(LatestEvaluations evaluations, ModelStore store, ModelConditions conditions) {
        this.evaluations = evaluations;
        this.store = store;
        this.conditions = conditions;
    }

    /**
     * Returns a row for each model that was evaluated, is served, or failed, ordered by name.
     *
     * @param now milliseconds since 1970, UTC
     */
    JsonArray rows(long now) {
        Set<String> names = new TreeSet<>(evaluations.models());
        names.addAll(store.names());
        Map<String, Evaluation> failures = evaluations.failures(now);
        names.addAll(failures.keySet());
        rates.keySet().retainAll(names);
        JsonArray rows = new JsonArray();
        names.stream().limit(Curves.MAXIMUM_MODELS).forEach(name -> rows.add(row(name, now, failures.get(name))));
        return rows;
    }

    private JsonObject row(String name, long now, @Nullable Evaluation failure) {
        Condition condition = conditions.of(name, now);
        JsonObject row = new JsonObject()
                .put("name", name)
                .put("state", condition.state().text())
                .put("since", condition.since())
                .put("behind", condition.behind());
        if (failure != null) {
            row.put("failure", failure.failure());
        }
        Tally total = evaluations.total(name);
        if (total != null) {
            List<Evaluation> keys = evaluations.keys(name);
            Metrics metrics = total.metrics();
            Rate rate = rates.computeIfAbsent(name, model -> new Rate());
            row.put("samples", metrics.samples())
                    .put("rate", finite(rate.update(now, metrics.samples())))
                    .put("loss", finite(metrics.loss()))
                    .put("window", finite(Curves.windowLoss(keys)))
                    .put("baseline", finite(metrics.baselineLoss()))
                    .put("accuracy", finite(metrics.accuracy()))
                    .put("logLoss", finite(metrics.logLoss()))
                    .put("auc", finite(metrics.auc()))
                    .put("mae", finite(metrics.mae()))
                    .put("rmse", finite(metrics.rmse()))
                    .put("r2", finite(metrics.r2()))
                    .put("calibration", finite(metrics.calibration()))
                    .put("iou", finite(metrics.iou()));
            Evaluation withEvents = evaluations.lastWithEvents(name);
            if (withEvents != null) {
                row.put("event", lastEvent(withEvents));
            }
        }
        ServedModel model = store.model(name);
        if (model != null) {
            row.put("version", model.samples())
                    .put("age", finite(conditions.ageSeconds(model.watermark(), now)))
                    .put("lane", model.spec().spec().publish().lane().name().toLowerCase(Locale.ROOT))
                    .put("keyed", model.spec().isKeyed())
                    .put("keys", model.keys());
        }
        return row;
    }

    private static String lastEvent(Evaluation evaluation) {
        List<Event> events = evaluation.learning().events();
        Event last = events.get(events.size() - 1);
        return evaluation.key().isEmpty() ? last.toString() : evaluation.key() + ": " + last;
    }

    /** Returns null for a number that JSON cannot represent. */
    private static @Nullable Double finite(@Nullable Double number) {
        return number != null && Double.isFinite(number) ? number : null;
    }
}
