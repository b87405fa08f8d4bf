package io.freshet.server.http;

import io.freshet.server.metrics.ServerMetrics;
import io.freshet.server.predict.AnswerSink;
import io.freshet.server.predict.InferResponse;
import io.freshet.server.predict.Inference;
import io.freshet.server.predict.Shadows;
import io.freshet.server.predict.VersionLookup;
import io.freshet.server.request.InferRequest;
import io.freshet.server.request.RequestException;
import io.freshet.server.store.ServedModel;
import org.jspecify.annotations.Nullable;

/**
 * What the handlers of REST and gRPC share, so that the same rules and limits apply to both.
 *
 * @param lookup finds models
 * @param inference predicts
 * @param executor selects the thread of a prediction
 * @param admission limits all inference requests together
 * @param limits limits on one inference request
 * @param answers receives each answer
 * @param shadows predicts requests again
 */
public record ServingContext(
        VersionLookup lookup,
        Inference inference,
        ServerMetrics metrics,
        InferExecutor executor,
        Admission admission,
        Limits limits,
        AnswerSink answers,
        Shadows shadows) {
    /**
     * Predicts the rows of a request.
     *
     * @param version a version, a label, or null for one selected by the labels
     * @throws RequestException if the request does not fit the model, or the version or all keys are not served
     */
    public InferResponse predict(ServedModel model, @Nullable String version, InferRequest request)
            throws RequestException {
        InferResponse response = inference.infer(model, version, request);
        metrics.predicted(model.name(), response.rows());
        answers.accept(response, false);
        if (version == null) {
            shadows.predict(model, request, response);
        }
        return response;
    }
}
