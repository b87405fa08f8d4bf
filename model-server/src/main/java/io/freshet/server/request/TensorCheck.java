package io.freshet.server.request;

import io.freshet.learning.yaml.Plural;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Builds an input tensor. Its datatype, shape, and data must be present and consistent.
 *
 * <p>Whether the shape fits the field depends on the model; {@code RowEncoder} checks that later.
 */
final class TensorCheck {
    static final String SHAPE = "[n], or [n,k] for a vector";

    /** More values than fit into a request body, and few enough for an int. */
    private static final long MAXIMUM_VALUES = 1 << 24;

    private TensorCheck() {}

    static InputTensor check(
            String name,
            @Nullable String datatypeName,
            @Nullable List<Long> shape,
            @Nullable TensorData data,
            int maximumRows)
            throws RequestException {
        String label = Excerpt.name(name);
        Datatype datatype = datatypeName == null ? null : Datatype.named(datatypeName);
        if (datatype == null) {
            throw RequestException.bad(
                    label + ".datatype",
                    datatypeName == null ? "missing" : Excerpt.name(datatypeName),
                    "one of "
                            + Excerpt.names(Arrays.stream(Datatype.values())
                                    .map(Enum::name)
                                    .toList()));
        }
        if (shape == null || shape.isEmpty()) {
            throw RequestException.bad(label + ".shape", shape == null ? "missing" : shape, SHAPE);
        }
        long rows = shape.get(0);
        if (rows < 1 || rows > maximumRows) {
            throw RequestException.bad(label + ".shape", shape, "1 to " + maximumRows + " rows");
        }
        long values = values(shape);
        if (values == 0) {
            throw RequestException.bad(label + ".shape", shape, "1 to " + MAXIMUM_VALUES + " values");
        }
        if (data == null) {
            throw RequestException.bad(label + ".data", "missing", Plural.of(values, "value"));
        }
        List<Integer> dimensions = shape.stream().map(Long::intValue).toList();
        checkArrays(label, dimensions, data, (int) values);
        int mismatch = data.firstMismatch(datatype);
        if (mismatch >= 0) {
            throw RequestException.bad(
                    label + ".data[" + mismatch + "]", data.excerpt(mismatch), datatype.expectation());
        }
        return new InputTensor(name, datatype, dimensions, data);
    }

    /** Returns the product of the dimensions, or 0 if it is out of range. */
    private static long values(List<Long> shape) {
        long values = 1;
        for (long size : shape) {
            if (size < 1 || size > MAXIMUM_VALUES / values) {
                return 0;
            }
            values *= size;
        }
        return values;
    }

    /** Values may be flat or nested like the shape. Each value of a column may also be in its own array. */
    private static void checkArrays(String label, List<Integer> shape, TensorData data, int values)
            throws RequestException {
        Nesting nesting = data.nesting();
        String expected = Plural.of(values, "value") + ", in one array or nested as its shape, " + shape;
        if (!nesting.isUniform()) {
            throw RequestException.bad(label + ".data", "uneven arrays", expected);
        }
        if (data.size() != values) {
            throw RequestException.bad(
                    label + ".data", Plural.of(data.size(), "value"), values + ", to match its shape");
        }
        List<Integer> lengths = nesting.lengths();
        if (lengths.size() > 1 && !lengths.equals(shape) && !lengths.equals(List.of(shape.get(0), 1))) {
            throw RequestException.bad(label + ".data", "arrays of " + lengths, expected);
        }
    }
}
