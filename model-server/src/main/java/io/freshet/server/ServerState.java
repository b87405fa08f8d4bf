package io.freshet.server;

import io.freshet.schemas.evaluation.LatestEvaluations;
import io.freshet.schemas.freshness.SignsOfLife;
import io.freshet.schemas.loop.LatestJoins;
import io.freshet.server.gate.Refusals;
import io.freshet.server.health.AppliedModels;
import io.freshet.server.health.ServingProblems;
import io.freshet.server.metrics.ModelConditions;
import io.freshet.server.metrics.ServerMetrics;
import io.freshet.server.page.Curves;
import io.freshet.server.store.ModelStore;
import io.freshet.server.store.UntrainedModels;
import io.freshet.server.store.VersionLimits;
import java.time.InstantSource;

/** The server's shared state: ingestion updates it, and the HTTP routes read it. */
final class ServerState implements AutoCloseable {
    final InstantSource clock;
    final ModelStore store;
    final LatestEvaluations evaluations = new LatestEvaluations();
    final Curves curves = new Curves(evaluations);
    final SignsOfLife signs = new SignsOfLife();
    final LatestJoins joins = new LatestJoins();
    final AppliedModels applied = new AppliedModels();
    final UntrainedModels untrained = new UntrainedModels();
    final Refusals refusals = new Refusals();
    final ServingProblems serving;
    final ModelConditions conditions;
    final ServerMetrics metrics;

    ServerState(VersionLimits versions, InstantSource clock) {
        this.clock = clock;
        store = new ModelStore(versions);
        serving = new ServingProblems(store, applied, refusals);
        conditions = new ModelConditions(store, evaluations, signs, joins, applied, serving);
        metrics = new ServerMetrics(store, evaluations, conditions, clock);
    }

    @Override
    public void close() {
        metrics.close();
    }
}
