package io.freshet.server.http;

import io.freshet.server.predict.InferenceService;

/**
 * What the handlers of REST and gRPC share, so that the same rules and limits apply to both.
 *
 * @param executor selects the thread of a prediction
 * @param admission limits all inference requests together
 * @param limits limits on one inference request
 */
public record ServingContext(InferenceService inference, InferExecutor executor, Admission admission, Limits limits) {}
