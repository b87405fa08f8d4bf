package io.freshet.server.http;

import io.freshet.server.metrics.ServerMetrics;
import io.freshet.server.predict.Inference;
import io.freshet.server.predict.VersionLookup;

/**
 * What the handlers of REST and gRPC share, so that the same rules and limits apply to both.
 *
 * @param lookup finds models
 * @param inference predicts
 * @param executor selects the thread of a prediction
 * @param admission limits all inference requests together
 * @param limits limits on one inference request
 */
public record ServingContext(
        VersionLookup lookup,
        Inference inference,
        ServerMetrics metrics,
        InferExecutor executor,
        Admission admission,
        Limits limits) {}
