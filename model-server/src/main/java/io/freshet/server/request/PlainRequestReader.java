package io.freshet.server.request;

import io.freshet.server.body.RequestException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads requests as most clients send them, in one pass over the bytes: an id and inputs, ASCII texts without escapes, and
 * numbers that are parsed into the array that is predicted from.
 *
 * <p>Recognizes nothing else: {@link #read} returns null for a request with other fields, for what is not valid, and for
 * what is rare, so that {@link InferRequestReader} reads it, and reports what is wrong. Pinned by {@code
 * PlainRequestReaderTest}, which compares the two. Not thread-safe.
 */
final class PlainRequestReader {
    private final PlainJson json;
    private final int maximumRows;

    /** Reads {@code json[from, end)}. */
    PlainRequestReader(byte[] json, int from, int end, int maximumRows) {
        this.json = new PlainJson(json, from, end);
        this.maximumRows = maximumRows;
    }

    /**
     * Returns the request, or null if it is not recognized.
     *
     * @throws RequestException if a tensor is invalid, as {@link TensorHeader} describes
     */
    @Nullable InferRequest read() throws RequestException {
        try {
            return request();
        } catch (PlainJson.Unrecognized e) {
            return null;
        }
    }

    private InferRequest request() throws PlainJson.Unrecognized, RequestException {
        String id = null;
        List<InputTensor> inputs = null;
        json.expect('{');
        do {
            switch (json.field()) {
                case "id" -> id = once(id, json.text());
                case "inputs" -> inputs = once(inputs, inputs());
                default -> throw PlainJson.Unrecognized.INSTANCE;
            }
        } while (json.more('}'));
        json.end();
        return InferRequest.of(id, inputs, List.of(), RequestParameters.NONE);
    }

    private List<InputTensor> inputs() throws PlainJson.Unrecognized, RequestException {
        List<InputTensor> inputs = new ArrayList<>();
        json.expect('[');
        do {
            inputs.add(input());
        } while (json.more(']'));
        return inputs;
    }

    private InputTensor input() throws PlainJson.Unrecognized, RequestException {
        String name = null;
        String datatype = null;
        List<Long> shape = null;
        TensorData data = null;
        int dataAt = 0;
        json.expect('{');
        do {
            switch (json.field()) {
                case "name" -> name = once(name, json.text());
                case "datatype" -> datatype = once(datatype, json.datatype());
                case "shape" -> shape = once(shape, json.sizes(Nesting.MAXIMUM_DEPTH));
                case "data" -> {
                    dataAt = json.position();
                    data = once(data, data(shape));
                }
                default -> throw PlainJson.Unrecognized.INSTANCE;
            }
        } while (json.more('}'));
        if (name == null) {
            throw PlainJson.Unrecognized.INSTANCE;
        }
        int from = dataAt;
        return TensorHeader.of(name, datatype, shape, maximumRows)
                .with(data, i -> SentValues.at(json.text(from), 0, i));
    }

    /** @param shape that the values should have, or null if it is not known yet */
    private TensorData data(@Nullable List<Long> shape) throws PlainJson.Unrecognized {
        TensorData data = new TensorData(shape == null ? 1 : capacity(shape));
        Nesting nesting = data.nesting();
        json.expect('[');
        nesting.open();
        while (nesting.depth() > 0) {
            if (json.skip('[')) {
                PlainJson.require(nesting.open());
                continue;
            }
            json.value(data);
            while (nesting.depth() > 0 && !json.more(']')) {
                nesting.close();
            }
        }
        return data;
    }

    /** Returns the number of values, at most what fits into the rest of the bytes. */
    private int capacity(List<Long> shape) {
        long values = 1;
        long most = json.remaining() / 2;
        for (long size : shape) {
            values = Math.min(most, values * Math.min(most, size));
        }
        return (int) Math.max(1, values);
    }

    /** Returns the value of a field that must not have occurred before. */
    private static <T> T once(@Nullable T before, T value) throws PlainJson.Unrecognized {
        PlainJson.require(before == null);
        return value;
    }
}
