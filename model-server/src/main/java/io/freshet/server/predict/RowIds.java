package io.freshet.server.predict;

import io.freshet.server.body.RequestException;
import io.freshet.server.request.InferRequest;
import io.freshet.server.request.InputTensor;
import io.freshet.server.request.TensorData;
import org.jspecify.annotations.Nullable;

/**
 * The ids of the rows of a request: those of its input {@value #INPUT}, or else the id of the request, with {@code /ROW} after it
 * if there are several rows. An empty id counts as none.
 *
 * @param rows null if the request has no such input
 * @param request null if the request has no id
 * @param count rows of the request
 */
public record RowIds(@Nullable TensorData rows, @Nullable String request, int count) {
    /** The input with the ids of the rows. Models do not read it, unless a field has this name. */
    static final String INPUT = "id";

    /**
     * Returns the values of the input with the ids.
     *
     * @throws RequestException if they are not one text per row
     */
    static TensorData column(InputTensor input) throws RequestException {
        if (!input.datatype().isText()) {
            throw RequestException.bad(
                    INPUT, input.data().excerpt(0) + " (" + input.datatype() + ")", "a text (BYTES)");
        }
        return SampleEncoder.requireColumn(input);
    }

    public static RowIds of(InferRequest request) {
        String id = request.id();
        return new RowIds(
                request.inputs().stream()
                        .filter(input ->
                                input.name().equals(INPUT) && input.datatype().isText() && input.isColumn())
                        .map(InputTensor::data)
                        .findFirst()
                        .orElse(null),
                id == null || id.isEmpty() ? null : id,
                request.rows());
    }

    /** Returns whether every row has an id. */
    public boolean areComplete() {
        if (request != null) {
            return true;
        }
        for (int row = 0; row < count; row++) {
            if (own(row) == null) {
                return false;
            }
        }
        return true;
    }

    /** Returns the id of a row, or null. */
    public @Nullable String of(int row) {
        String own = own(row);
        if (own != null) {
            return own;
        }
        return request == null || count == 1 ? request : request + "/" + row;
    }

    private @Nullable String own(int row) {
        return rows == null || rows.isNull(row) || rows.texts()[row].isEmpty() ? null : rows.texts()[row];
    }
}
