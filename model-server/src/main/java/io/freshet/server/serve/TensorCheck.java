package io.freshet.server.serve;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Makes an input of the parts that a request gave: datatype, shape and data must be there and agree. */
final class TensorCheck {
    private static final String COLUMN = "[n] or [n,1]";

    private TensorCheck() {}

    /** @param shown the name, as messages show it */
    static InputTensor check(
            String shown,
            String name,
            @Nullable String datatypeName,
            @Nullable List<Long> shape,
            @Nullable TensorData data,
            int maximumRows)
            throws RequestException {
        Datatype datatype = datatypeName == null ? null : Datatype.named(datatypeName);
        if (datatype == null) {
            throw RequestException.bad(
                    shown + ".datatype",
                    datatypeName == null ? "missing" : Shown.name(datatypeName),
                    "one of "
                            + Shown.names(Arrays.stream(Datatype.values())
                                    .map(Enum::name)
                                    .toList()));
        }
        if (shape == null) {
            throw RequestException.bad(shown + ".shape", "missing", COLUMN);
        }
        if (shape.isEmpty() || (shape.size() == 2 && shape.get(1) != 1)) {
            throw RequestException.bad(shown + ".shape", shape, COLUMN);
        }
        long rows = shape.get(0);
        if (rows < 1 || rows > maximumRows) {
            throw RequestException.bad(shown + ".shape", shape, "1 to " + maximumRows + " rows");
        }
        if (data == null) {
            throw RequestException.bad(shown + ".data", "missing", rows + " values");
        }
        if (!data.isColumn()) {
            throw RequestException.bad(shown + ".data", "uneven arrays", "values, or arrays of one value each");
        }
        if (data.size() != rows) {
            throw RequestException.bad(shown + ".data", data.size() + " values", rows + ", as its shape says");
        }
        int other = data.firstOther(datatype);
        if (other >= 0) {
            throw RequestException.bad(shown + ".data[" + other + "]", data.show(other), datatype.expectation());
        }
        return new InputTensor(name, datatype, (int) rows, data);
    }
}
