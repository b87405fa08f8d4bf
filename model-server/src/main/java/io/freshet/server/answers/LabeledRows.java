package io.freshet.server.answers;

import io.freshet.learning.features.InvalidSampleException;
import io.freshet.server.body.RequestException;
import io.freshet.server.metrics.ServerMetrics;
import io.freshet.server.predict.SampleEncoder;
import io.freshet.server.request.InferRequest;
import io.freshet.server.request.InferRequestReader;
import io.freshet.server.request.RequestParameters;
import io.freshet.server.store.ServedModel;
import io.vertx.core.buffer.Buffer;
import org.jspecify.annotations.Nullable;

/** Requests to learn: inputs of a request to predict, and the label. The trainer would learn every row that is sent. */
public final class LabeledRows implements RowsFormat {
    private final InferRequestReader reader;
    private final ServerMetrics metrics;

    /** @param maximumRows of a request */
    public LabeledRows(int maximumRows, ServerMetrics metrics) {
        reader = new InferRequestReader(maximumRows);
        this.metrics = metrics;
    }

    @Override
    public String name() {
        return "learn";
    }

    @Override
    public String requests() {
        return "requests to learn";
    }

    @Override
    public RowsToSend read(ServedModel model, Buffer content) throws RequestException {
        InferRequest request = reader.read(content, content.length());
        if (!request.parameters().equals(RequestParameters.NONE)) {
            throw RequestException.bad("parameters", "given", "none");
        }
        if (!request.outputs().isEmpty()) {
            throw RequestException.bad("outputs", "given", "none");
        }
        return new Rows(request, new SampleEncoder(model.spec(), request.inputs()));
    }

    @Override
    public void count(String result, int rows) {
        metrics.rowsToLearn(result, rows);
    }

    private record Rows(InferRequest request, SampleEncoder encoder) implements RowsToSend {
        @Override
        public @Nullable String id() {
            return request.id();
        }

        @Override
        public int count() {
            return request.rows();
        }

        @Override
        public Encoded encode(int row) throws InvalidSampleException, RequestException {
            SampleEncoder.Encoded sample = encoder.encode(row);
            return new Encoded(sample.key(), sample.value());
        }
    }
}
