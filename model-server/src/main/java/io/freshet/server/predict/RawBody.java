package io.freshet.server.predict;

import io.freshet.learning.features.RowLayout;
import io.freshet.learning.spec.FeatureSpec;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.server.body.RequestException;
import io.freshet.server.request.Datatype;
import io.freshet.server.request.InferRequest;
import io.freshet.server.request.InferRequestReader;
import io.freshet.server.request.RequestParameters;
import io.freshet.server.request.TensorHeader;
import io.freshet.server.store.RequestFields;
import io.freshet.server.store.ServedSpec;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.buffer.BufferInternal;
import java.util.List;
import java.util.Map;

/** A body without JSON: the values of the only input of a model, in the datatype of its metadata. */
public final class RawBody {
    private RawBody() {}

    /**
     * Returns the request, whose outputs are in binary form. The size of the body determines the number of rows.
     *
     * @throws RequestException if the model has more than one input, or one without a fixed size per row
     */
    public static InferRequest request(ServedSpec served, Buffer body, int maximumRows) throws RequestException {
        ModelSpec spec = served.spec();
        RequestFields fields = served.fields();
        List<FeatureSpec.Dense> vectors = spec.features().dense();
        boolean oneVector = vectors.size() == 1
                && fields.names().size() == 1
                && spec.model().steps() == 0;
        boolean oneNumber = fields.numbers().size() == 1 && fields.names().size() == 1;
        if (!oneVector && !oneNumber) {
            throw RequestException.bad(
                    InferRequestReader.JSON_BYTES,
                    0,
                    "the size of the JSON, because model " + spec.name()
                            + " does not have a single input of a number or vector");
        }
        Datatype datatype = oneVector ? Datatype.FP32 : Datatype.FP64;
        long width = oneVector ? vectors.get(0).length() : 1;
        String name = oneVector
                ? RowLayout.wireName(vectors.get(0).field())
                : fields.numbers().get(0).name();
        long rows = body.length() / (width * datatype.bytes());
        List<Long> shape = oneVector ? List.of(rows, width) : List.of(rows);
        return InferRequest.of(
                null,
                List.of(TensorHeader.of(name, datatype.name(), shape, maximumRows)
                        .withBinary(((BufferInternal) body).getByteBuf().nioBuffer())),
                List.of(),
                RequestParameters.of(Map.of("binary_data_output", true)));
    }
}
