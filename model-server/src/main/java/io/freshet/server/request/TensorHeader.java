package io.freshet.server.request;

import io.freshet.learning.yaml.Plural;
import io.freshet.server.body.RequestException;
import io.freshet.server.body.RequestExcerpt;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * What a request states about a tensor, apart from its values.
 *
 * <p>Whether the shape fits the field depends on the model; {@code RowEncoder} checks that later.
 *
 * @param name the name of a field
 * @param datatype the type of all values
 * @param shape rows first, one to three dimensions
 * @param values the number of values
 */
public record TensorHeader(String name, Datatype datatype, List<Integer> shape, int values) {
    static final String SHAPE = "[n], or [n,k] for a vector";

    /** More values than fit into a request body, and few enough for an int. */
    private static final long MAXIMUM_VALUES = 1 << 24;

    /**
     * Returns a header.
     *
     * @param datatypeName null if missing
     * @param shape null if missing
     * @throws RequestException if something is missing or out of range
     */
    public static TensorHeader of(
            String name, @Nullable String datatypeName, @Nullable List<Long> shape, int maximumRows)
            throws RequestException {
        String label = RequestExcerpt.name(name);
        Datatype datatype = datatypeName == null ? null : Datatype.named(datatypeName);
        if (datatype == null) {
            throw RequestException.bad(
                    label + ".datatype",
                    datatypeName == null ? "missing" : RequestExcerpt.name(datatypeName),
                    "one of "
                            + RequestExcerpt.names(Arrays.stream(Datatype.values())
                                    .map(Enum::name)
                                    .toList()));
        }
        if (shape == null || shape.isEmpty()) {
            throw RequestException.bad(label + ".shape", shape == null ? "missing" : shape, SHAPE);
        }
        if (shape.size() > Nesting.MAXIMUM_DEPTH) {
            throw RequestException.bad(label + ".shape", "more than " + Nesting.MAXIMUM_DEPTH + " dimensions", SHAPE);
        }
        long rows = shape.get(0);
        if (rows < 1 || rows > maximumRows) {
            throw RequestException.bad(label + ".shape", shape, "1 to " + maximumRows + " rows");
        }
        long values = values(shape);
        if (values == 0) {
            throw RequestException.bad(label + ".shape", shape, "1 to " + MAXIMUM_VALUES + " values");
        }
        List<Integer> dimensions = shape.size() == 1
                ? List.of((int) rows)
                : shape.stream().map(Long::intValue).toList();
        return new TensorHeader(name, datatype, dimensions, (int) values);
    }

    /**
     * Returns the tensor with its values.
     *
     * @param data null if missing
     * @throws RequestException if the number of values does not match the shape, or a value does not match the datatype
     */
    public InputTensor with(@Nullable TensorData data) throws RequestException {
        return with(data, data == null ? i -> "" : data::excerpt);
    }

    /**
     * Does the same.
     *
     * @param sent returns a value as sent, by its index, for messages
     */
    InputTensor with(@Nullable TensorData data, IntFunction<String> sent) throws RequestException {
        String label = RequestExcerpt.name(name);
        if (datatype == Datatype.BF16) {
            throw RequestException.bad(label + ".datatype", datatype, "another, because BF16 is always binary");
        }
        if (data == null) {
            throw RequestException.bad(label + ".data", "missing", Plural.of(values, "value"));
        }
        checkArrays(label, data);
        return checked(label, data, sent);
    }

    /**
     * Returns the tensor with values in binary form, little-endian and row by row.
     *
     * @throws RequestException if the number of bytes does not match the shape, or a value is invalid
     */
    public InputTensor withBinary(ByteBuffer bytes) throws RequestException {
        String label = RequestExcerpt.name(name);
        TensorData data = new BinaryValues(label, datatype, values).read(bytes);
        return checked(label, data, data::excerpt);
    }

    private InputTensor checked(String label, TensorData data, IntFunction<String> sent) throws RequestException {
        int mismatch = data.firstMismatch(datatype);
        if (mismatch >= 0) {
            throw RequestException.bad(label + ".data[" + mismatch + "]", sent.apply(mismatch), datatype.expectation());
        }
        return new InputTensor(name, datatype, shape, data);
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
    private void checkArrays(String label, TensorData data) throws RequestException {
        Nesting nesting = data.nesting();
        if (!nesting.isUniform()) {
            throw RequestException.bad(label + ".data", "uneven arrays", arrays());
        }
        if (data.size() != values) {
            throw RequestException.bad(
                    label + ".data", Plural.of(data.size(), "value"), values + ", to match its shape");
        }
        if (nesting.isFlat()) {
            return;
        }
        List<Integer> lengths = nesting.lengths();
        if (!lengths.equals(shape) && !lengths.equals(List.of(shape.get(0), 1))) {
            throw RequestException.bad(label + ".data", "arrays of " + lengths, arrays());
        }
    }

    /** Describes valid values, for messages. */
    private String arrays() {
        return Plural.of(values, "value") + ", in one array or nested as its shape, " + shape;
    }
}
