package io.freshet.server.page;

import io.freshet.learning.evaluation.Metric;
import io.freshet.learning.evaluation.Metrics;
import io.freshet.learning.evaluation.Tally;
import io.freshet.learning.watch.Event;
import io.freshet.schemas.evaluation.Evaluation;
import io.freshet.schemas.evaluation.LatestEvaluations;
import io.freshet.schemas.freshness.Condition;
import io.freshet.schemas.freshness.Level;
import io.freshet.schemas.freshness.Problem;
import io.freshet.server.metrics.ModelConditions;
import io.freshet.server.metrics.ServerMetrics;
import io.freshet.server.store.ModelStore;
import io.freshet.server.store.ServedModel;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The page's table of models: the metrics, throughput, version, and age of each; and their curves. Not thread-safe. */
public final class ModelsView {
    private final LatestEvaluations evaluations;
    private final ModelStore store;
    private final ModelConditions conditions;
    private final ServerMetrics metrics;
    private final Curves curves;
    private final Map<String, Rate> rates = new HashMap<>();
    private final Map<String, RequestPace> requests = new HashMap<>();

    public ModelsView(
            LatestEvaluations evaluations,
            ModelStore store,
            ModelConditions conditions,
            ServerMetrics metrics,
            Curves curves) {
        this.evaluations = evaluations;
        this.store = store;
        this.conditions = conditions;
        this.metrics = metrics;
        this.curves = curves;
    }

    /**
     * Returns a row for each model that is applied, was evaluated, is served, or failed, ordered by name, and adds a point to their
     * curves. Of more than {@value Curves#MAXIMUM_MODELS} models, those with the worst states have rows.
     *
     * @param now milliseconds since 1970, UTC
     */
    JsonArray update(long now) {
        Set<String> names = conditions.names();
        Map<String, Evaluation> failures = evaluations.failures(now);
        names.addAll(failures.keySet());
        rates.keySet().retainAll(names);
        requests.keySet().retainAll(names);
        curves.retainServed(names);
        JsonArray rows = new JsonArray();
        shown(names, now).forEach(name -> rows.add(row(name, now, failures.get(name))));
        return rows;
    }

    /** Returns the models with the worst states if there are too many, and otherwise all, ordered by name. */
    private Collection<String> shown(Set<String> names, long now) {
        if (names.size() <= Curves.MAXIMUM_MODELS) {
            return names;
        }
        Map<String, Level> levels = new HashMap<>();
        names.forEach(name -> levels.put(name, conditions.of(name, now).state().level()));
        return names.stream()
                .sorted(Comparator.comparing(levels::get, Comparator.reverseOrder()))
                .limit(Curves.MAXIMUM_MODELS)
                .sorted()
                .toList();
    }

    /** Returns how the page shows the metrics of a row, by their names there, in order. */
    static JsonObject metrics() {
        JsonObject metrics = new JsonObject();
        for (Metric metric : Metric.values()) {
            metrics.put(
                    metric.field(),
                    new JsonObject()
                            .put("label", metric.label())
                            .put(
                                    "about",
                                    metric.unit() + ", " + metric.direction().text())
                            .put("brief", metric.is(Metric.Trait.BRIEF)));
        }
        return metrics;
    }

    private JsonObject row(String name, long now, @Nullable Evaluation failure) {
        Condition condition = conditions.of(name, now);
        List<Problem> problems = conditions.problems(name, condition, now);
        JsonObject row = new JsonObject()
                .put("name", name)
                .put("state", condition.state().text())
                .put("level", Problem.worst(condition.state(), problems).label())
                .put("problems", json(problems))
                .put("rejectedRate", conditions.rejectedPerSecond(name, now))
                .put("pinned", conditions.pinned(name))
                .put("since", condition.since())
                .put("behind", condition.behind());
        if (failure != null) {
            row.put("failure", failure.failure());
        }
        double rate = Double.NaN;
        Tally total = evaluations.total(name);
        if (total != null) {
            List<Evaluation> keys = evaluations.keys(name);
            Metrics since = total.metrics();
            rate = rates.computeIfAbsent(name, model -> new Rate()).update(now, since.samples());
            LatestEvaluations.Learned learned = evaluations.learned(name);
            if (learned != null) {
                row.put("samples", learned.samples()).put("learnedKeys", learned.keys());
            }
            row.put("rate", finite(rate))
                    .put(
                            "rejected",
                            keys.stream()
                                    .mapToLong(key -> key.counts().rejected())
                                    .sum())
                    .put("primary", LearningCurve.quality(since).field())
                    .put("window", finite(Curves.windowLoss(keys)));
            for (Metric metric : Metric.values()) {
                row.put(metric.field(), finite(since.get(metric)));
            }
            Evaluation withEvents = evaluations.lastWithEvents(name);
            if (withEvents != null) {
                row.put("event", lastEvent(withEvents));
            }
        }
        ServedModel model = store.model(name);
        curves.add(name, now, served(name, model, rate, condition, now));
        if (model != null) {
            row.put("version", model.samples())
                    .put("age", finite(conditions.ageSeconds(model.watermark(), now)))
                    .put("lane", model.spec().spec().publish().lane().label())
                    .put("keyed", model.spec().isKeyed())
                    .put("keys", model.keys());
        }
        return row;
    }

    private static JsonArray json(List<Problem> problems) {
        JsonArray json = new JsonArray();
        problems.forEach(problem ->
                json.add(new JsonObject().put("level", problem.level().label()).put("text", problem.text())));
        return json;
    }

    private Served served(String name, @Nullable ServedModel model, double rate, Condition condition, long now) {
        long[] counts = metrics.latencies(name).counts();
        RequestPace pace = requests.computeIfAbsent(name, any -> new RequestPace(counts, now));
        pace.update(counts, now);
        return new Served(
                model == null ? Double.NaN : model.samples(),
                model == null ? Double.NaN : conditions.ageSeconds(model.watermark(), now),
                rate,
                condition.behind() == null ? Double.NaN : condition.behind(),
                pace);
    }

    private static String lastEvent(Evaluation evaluation) {
        List<Event> events = evaluation.learning().events();
        Event last = events.get(events.size() - 1);
        return evaluation.key().isEmpty() ? last.toString() : evaluation.key() + ": " + last;
    }

    /** Returns null for a number that JSON cannot represent. */
    static @Nullable Double finite(@Nullable Double number) {
        return number != null && Double.isFinite(number) ? number : null;
    }
}
