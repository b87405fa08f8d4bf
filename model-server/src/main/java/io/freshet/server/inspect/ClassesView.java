package io.freshet.server.inspect;

import io.freshet.learning.evaluation.ClassMetrics;
import io.freshet.learning.evaluation.Tally;
import io.freshet.schemas.facts.Evaluation;
import io.freshet.schemas.facts.LatestEvaluations;
import io.freshet.server.store.ServedModel;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** How well each class of a model is predicted, as JSON. */
final class ClassesView {
    private static final int LISTED = 100;

    private ClassesView() {}

    /** Returns the sum over a key, or over all keys if it is null; null if it has not been evaluated. */
    static @Nullable Tally total(LatestEvaluations evaluations, String model, @Nullable String key) {
        if (key == null) {
            return evaluations.total(model);
        }
        return evaluations.keys(model).stream()
                .filter(evaluation -> evaluation.key().equals(key))
                .map(Evaluation::total)
                .findFirst()
                .orElse(null);
    }

    /** @param served names the classes; without it, they have numbers */
    static JsonObject of(String name, @Nullable ServedModel served, @Nullable Tally total) {
        List<ClassMetrics> metrics = total == null ? List.of() : total.byClass();
        List<String> labels = served == null ? List.of() : served.spec().spec().labels();
        JsonArray classes = new JsonArray();
        IntStream.range(0, metrics.size())
                .boxed()
                .sorted(Comparator.comparingDouble(
                        (Integer c) -> -metrics.get(c).weight()))
                .limit(LISTED)
                .forEach(c ->
                        classes.add(json(c < labels.size() ? labels.get(c) : Integer.toString(c), metrics.get(c))));
        return new JsonObject().put("name", name).put("total", metrics.size()).put("classes", classes);
    }

    private static JsonObject json(String name, ClassMetrics metrics) {
        return new JsonObject()
                .put("class", name)
                .put("weight", metrics.weight())
                .put("precision", metrics.precision())
                .put("recall", metrics.recall())
                .put("f1", metrics.f1())
                .put("log_loss", metrics.logLoss());
    }
}
