package io.freshet.server.predict;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.facts.LatestEvaluations;
import io.freshet.schemas.facts.SignsOfLife;
import io.freshet.server.metrics.ModelConditions;
import io.freshet.server.metrics.ServerMetrics;
import io.freshet.server.store.ModelStore;
import io.freshet.server.store.StoredModels;
import io.vertx.core.json.JsonObject;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

class ModelQueriesTest {
    private static final String SPEC = "{name: %s, label: y, loss: mean-squared-error, features: {numeric: [a]}%s}";

    private final ModelStore store = new ModelStore();

    /** Would catch statistics of all models that are an error because one model was deleted meanwhile. */
    @Test
    void statistics_leave_out_a_model_that_is_removed_meanwhile() throws Exception {
        StoredModels.put(store, ModelSpec.parse(SPEC.formatted("m", "")), "", 1);
        store.untrained().apply(ModelSpec.parse(SPEC.formatted("joined", ", join: {within: 1h, after: 0}")));
        LatestEvaluations evaluations = new LatestEvaluations();
        ModelConditions conditions = new ModelConditions(store, evaluations, new SignsOfLife());
        InstantSource clock = InstantSource.system();
        // Asked first for the names of the models, which have this one, and then for the model, which is gone.
        AtomicBoolean named = new AtomicBoolean();
        BooleanSupplier caughtUp = () -> !named.getAndSet(true);

        try (ServerMetrics metrics = new ServerMetrics(store, evaluations, conditions, clock)) {
            VersionLookup lookup = new VersionLookup(store, caughtUp, name -> false);
            ModelQueries queries = new ModelQueries(lookup, metrics, conditions, clock);

            assertThat(queries.statistics(null, null).getJsonArray("model_stats"))
                    .singleElement()
                    .isInstanceOfSatisfying(
                            JsonObject.class,
                            stats -> assertThat(stats.getString("name")).isEqualTo("m"));
        }
    }
}
