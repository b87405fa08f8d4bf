package io.freshet.server;

import io.freshet.schemas.evaluation.LatestEvaluations;
import io.freshet.server.inspect.RecentDeadLetters;
import io.freshet.server.metrics.ModelConditions;
import io.freshet.server.metrics.ServerMetrics;
import io.freshet.server.page.Curves;
import io.freshet.server.store.ModelStore;
import java.time.InstantSource;

/** The server's shared state: ingestion updates it, and the HTTP routes read it. */
record ServerState(
        ModelStore store,
        LatestEvaluations evaluations,
        ModelConditions conditions,
        Curves curves,
        RecentDeadLetters deadLetters,
        ServerMetrics metrics,
        InstantSource clock) {}
