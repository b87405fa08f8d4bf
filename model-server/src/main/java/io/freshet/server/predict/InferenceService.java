package io.freshet.server.predict;

import io.freshet.server.body.RequestException;
import io.freshet.server.metrics.InferTimes;
import io.freshet.server.metrics.ServerMetrics;
import io.freshet.server.request.InferRequest;
import io.freshet.server.store.ServedModel;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Predicts the requests of all protocols by the same rules: counts and logs them, and repeats them with shadows. Thread-safe. */
public final class InferenceService {
    private final VersionLookup lookup;
    private final Inference inference;
    private final ServerMetrics metrics;
    private final AnswerSink answers;
    private final Shadows shadows;

    /**
     * @param answers receives each answer
     * @param shadows predicts requests again
     */
    public InferenceService(
            VersionLookup lookup, Inference inference, ServerMetrics metrics, AnswerSink answers, Shadows shadows) {
        this.lookup = lookup;
        this.inference = inference;
        this.metrics = metrics;
        this.answers = answers;
        this.shadows = shadows;
    }

    /** @throws RequestException if the model is not served: 503 if it is expected, otherwise 404 */
    public ServedModel model(String name) throws RequestException {
        return lookup.model(name);
    }

    /**
     * Predicts the rows of a request.
     *
     * @param version a version, a label, or null for one selected by the labels
     * @throws RequestException if the request does not fit the model, or the version or all keys are not served
     */
    public Answered predict(ServedModel model, @Nullable String version, InferRequest request) throws RequestException {
        InferRequest identified = answers.identify(request);
        InferResponse response = inference.infer(model, version, identified);
        metrics.predicted(model.name(), response.rows().count());
        CompletableFuture<Void> logged = answers.accept(response, false);
        if (version == null) {
            shadows.predict(model, identified, response);
        }
        return new Answered(response, logged);
    }

    /** Records the status of HTTP and the duration of a request that has ended. */
    public void ended(String model, int status, InferTimes times) {
        metrics.request(model, status, times);
    }
}
