package io.freshet.server;

import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.facts.LatestEvaluations;
import io.freshet.schemas.facts.SignsOfLife;
import io.freshet.schemas.loop.LatestJoins;
import io.freshet.server.metrics.AppliedModels;
import io.freshet.server.metrics.ModelConditions;
import io.freshet.server.metrics.ServerMetrics;
import io.freshet.server.metrics.ServingProblems;
import io.freshet.server.page.Curves;
import io.freshet.server.store.ModelStore;
import io.freshet.server.store.UntrainedModels;
import io.freshet.server.store.VersionLimits;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/** The server's shared state: ingestion updates it, and the HTTP routes read it. */
final class ServerState implements AutoCloseable {
    final InstantSource clock;
    final ModelStore store;
    final LatestEvaluations evaluations = new LatestEvaluations();
    final Curves curves = new Curves(evaluations);
    final SignsOfLife signs = new SignsOfLife();
    final LatestJoins joins = new LatestJoins();
    final AppliedModels applied = new AppliedModels();
    final UntrainedModels untrained;
    final ServingProblems serving;
    final ModelConditions conditions;
    final ServerMetrics metrics;

    ServerState(VersionLimits versions, InstantSource clock) {
        this.clock = clock;
        store = new ModelStore(versions);
        untrained = store.untrained();
        serving = new ServingProblems(store, applied);
        conditions = new ModelConditions(store, evaluations, signs, joins, applied, serving);
        metrics = new ServerMetrics(store, evaluations, conditions, clock);
    }

    /**
     * Returns the specification by which the join reads the requests and outcomes of a model: the applied one, which is served
     * only once the trainer has published it, or the served one if none is known. Null if the model has no join.
     */
    @Nullable ModelSpec joinedSpec(ModelSpec served) {
        ModelSpec joined = untrained.spec(served.name());
        if (joined != null) {
            return joined;
        }
        AppliedModels.Applied newest = applied.get(served.name());
        boolean known = newest != null && newest.spec() != null;
        return known || served.join() == null ? null : served;
    }

    @Override
    public void close() {
        metrics.close();
    }
}
