package io.freshet.server.request;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Makes an input of the parts that a request gave: datatype, shape and data must be there and agree.
 *
 * <p>Whether the shape is that of the field is known only once the model is: see {@code Column}.
 */
final class TensorCheck {
    static final String SHAPE = "[n], or [n,k] for a vector";

    /** Far more than a body can hold, small enough to be counted in an int. */
    private static final long MAXIMUM_VALUES = 1 << 24;

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
                    datatypeName == null ? "missing" : Excerpt.name(datatypeName),
                    "one of "
                            + Excerpt.names(Arrays.stream(Datatype.values())
                                    .map(Enum::name)
                                    .toList()));
        }
        if (shape == null || shape.isEmpty()) {
            throw RequestException.bad(shown + ".shape", shape == null ? "missing" : shape, SHAPE);
        }
        long rows = shape.get(0);
        if (rows < 1 || rows > maximumRows) {
            throw RequestException.bad(shown + ".shape", shape, "1 to " + maximumRows + " rows");
        }
        long values = values(shape);
        if (values == 0) {
            throw RequestException.bad(shown + ".shape", shape, "1 to " + MAXIMUM_VALUES + " values");
        }
        if (data == null) {
            throw RequestException.bad(shown + ".data", "missing", values + " values");
        }
        List<Integer> dimensions = shape.stream().map(Long::intValue).toList();
        checkArrays(shown, dimensions, data, (int) values);
        int other = data.firstOther(datatype);
        if (other >= 0) {
            throw RequestException.bad(shown + ".data[" + other + "]", data.show(other), datatype.expectation());
        }
        return new InputTensor(name, datatype, dimensions, data);
    }

    /** Returns the product of the dimensions, or 0 if it is not in the range. */
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

    /** Values stand in one array, or in arrays as the shape says; a column's may each have one of their own. */
    private static void checkArrays(String shown, List<Integer> shape, TensorData data, int values)
            throws RequestException {
        Nesting nesting = data.nesting();
        String expected = values + " values, in one array or as its shape says, " + shape;
        if (!nesting.isEven()) {
            throw RequestException.bad(shown + ".data", "uneven arrays", expected);
        }
        if (data.size() != values) {
            throw RequestException.bad(shown + ".data", data.size() + " values", values + ", as its shape says");
        }
        List<Integer> lengths = nesting.lengths();
        if (lengths.size() > 1 && !lengths.equals(shape) && !lengths.equals(List.of(shape.get(0), 1))) {
            throw RequestException.bad(shown + ".data", "arrays of " + lengths, expected);
        }
    }
}
