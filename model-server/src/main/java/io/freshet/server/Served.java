package io.freshet.server;

import io.freshet.schemas.Scoreboard;
import io.freshet.server.metrics.ServerMetrics;
import io.freshet.server.page.Curves;
import io.freshet.server.store.ModelStore;
import java.time.InstantSource;

/** What the ingest fills and the routes read. */
record Served(ModelStore store, Scoreboard scoreboard, Curves curves, ServerMetrics metrics, InstantSource clock) {}
