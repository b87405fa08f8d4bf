package io.freshet.server.page;

import io.freshet.learning.evaluation.Event;
import io.freshet.learning.evaluation.Metric;
import io.freshet.learning.evaluation.Metrics;
import io.freshet.learning.evaluation.Tally;
import io.freshet.schemas.facts.Condition;
import io.freshet.schemas.facts.Evaluation;
import io.freshet.schemas.facts.LatestEvaluations;
import io.freshet.schemas.facts.Level;
import io.freshet.schemas.facts.Problem;
import io.freshet.schemas.loop.LatestJoin;
import io.freshet.server.metrics.ModelConditions;
import io.freshet.server.metrics.ServerMetrics;
import io.freshet.server.store.ModelStore;
import io.freshet.server.store.ServedModel;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The page's table of models: the metrics, throughput, version, and age of each; and their curves. Not thread-safe. */
public final class ModelsView {
    private final LatestEvaluations evaluations;
    private final ModelStore store;
    private final ModelConditions conditions;
    private final ServerMetrics metrics;
    private final Curves curves;
    private final boolean showsKeys;
    private final Map<String, Rate> rates = new HashMap<>();
    private final Map<String, RequestPace> requests = new HashMap<>();

    /** @param showsKeys whether readers may see the keys of models, which may be names of people */
    public ModelsView(
            LatestEvaluations evaluations,
            ModelStore store,
            ModelConditions conditions,
            ServerMetrics metrics,
            Curves curves,
            boolean showsKeys) {
        this.evaluations = evaluations;
        this.store = store;
        this.conditions = conditions;
        this.metrics = metrics;
        this.curves = curves;
        this.showsKeys = showsKeys;
    }

    /**
     * Rows of models, in the order of their names.
     *
     * @param total count of all models, with and without rows
     * @param listed the rows of the table
     * @param others rows of models that the table leaves out
     */
    record Rows(int total, List<JsonObject> listed, List<JsonObject> others) {}

    /** What is known about a model that is compared with others. */
    private record Health(Condition condition, List<Problem> problems) {
        Level level() {
            return Problem.worst(condition.state(), problems);
        }
    }

    /**
     * Returns a row for each model that is applied, was evaluated, is served, or failed, and adds a point to their curves. Of more
     * than {@value Curves#MAXIMUM_MODELS} models, the table lists those that are worst, by their states and problems.
     *
     * @param opened models that have rows in any case, if they are known
     * @param now milliseconds since 1970, UTC
     */
    Rows update(Set<String> opened, long now) {
        Set<String> names = conditions.names();
        Map<String, Evaluation> failures = evaluations.failures(now);
        names.addAll(failures.keySet());
        rates.keySet().retainAll(names);
        requests.keySet().retainAll(names);
        curves.retainServed(names);
        Map<String, Health> health = new TreeMap<>();
        names.forEach(name -> health.put(name, health(name, now)));
        Set<String> listed = listed(health);
        List<JsonObject> rows = new ArrayList<>();
        List<JsonObject> others = new ArrayList<>();
        health.forEach((name, known) -> {
            if (listed.contains(name)) {
                rows.add(row(name, known, failures.get(name), now));
            } else if (opened.contains(name)) {
                others.add(row(name, known, failures.get(name), now));
            }
        });
        return new Rows(names.size(), rows, others);
    }

    private Health health(String name, long now) {
        Condition condition = conditions.of(name, now);
        return new Health(condition, conditions.problems(name, condition, now));
    }

    private static Set<String> listed(Map<String, Health> health) {
        if (health.size() <= Curves.MAXIMUM_MODELS) {
            return health.keySet();
        }
        Map<String, Level> levels = new HashMap<>();
        health.forEach((name, known) -> levels.put(name, known.level()));
        return health.keySet().stream()
                .sorted(Comparator.comparing(levels::get, Comparator.reverseOrder()))
                .limit(Curves.MAXIMUM_MODELS)
                .collect(Collectors.toSet());
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

    private JsonObject row(String name, Health health, @Nullable Evaluation failure, long now) {
        Condition condition = health.condition();
        JsonObject row = new JsonObject()
                .put("name", name)
                .put("state", condition.state().text())
                .put("level", health.level().label())
                .put("problems", json(health.problems()))
                .put("rejectedRate", conditions.rejectedPerSecond(name, now))
                .put("pinned", conditions.pinned(name))
                .put("unloaded", store.isUnloaded(name))
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
                    .put("age", finite(conditions.ageSeconds(model.spec().spec(), model.watermark(), now)))
                    .put("lane", model.spec().spec().publish().lane().label())
                    .put("keyed", model.spec().isKeyed())
                    .put("keys", model.keys());
        }
        LatestJoin join = conditions.join(name);
        if (join != null) {
            row.put("servedLoss", join.servedLoss())
                    .put("expectedLoss", join.expectedLoss())
                    .put("servedAnswers", join.servedAnswers());
        }
        return row;
    }

    /** Returns that records arrive which no model can decode; null if there are none. */
    @Nullable JsonObject undecodable(long now) {
        Problem problem = conditions.undecodable(now);
        return problem == null ? null : json(problem);
    }

    private JsonArray json(List<Problem> problems) {
        JsonArray json = new JsonArray();
        problems.forEach(problem -> json.add(json(problem)));
        return json;
    }

    private JsonObject json(Problem problem) {
        return new JsonObject()
                .put("level", problem.level().label())
                .put("text", showsKeys ? problem.text() : problem.textWithoutKeys());
    }

    private Served served(String name, @Nullable ServedModel model, double rate, Condition condition, long now) {
        long[] counts = metrics.latencies(name).counts();
        RequestPace pace = requests.computeIfAbsent(name, any -> new RequestPace(counts, now));
        pace.update(counts, now);
        return new Served(
                model == null ? Double.NaN : model.samples(),
                model == null ? Double.NaN : conditions.ageSeconds(model.spec().spec(), model.watermark(), now),
                rate,
                condition.behind() == null ? Double.NaN : condition.behind(),
                pace);
    }

    private String lastEvent(Evaluation evaluation) {
        List<Event> events = evaluation.learning().events();
        Event last = events.get(events.size() - 1);
        return evaluation.key().isEmpty() || !showsKeys ? last.toString() : evaluation.key() + ": " + last;
    }

    /** Returns null for a number that JSON cannot represent. */
    static @Nullable Double finite(@Nullable Double number) {
        return number != null && Double.isFinite(number) ? number : null;
    }
}
