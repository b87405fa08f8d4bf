package io.freshet.server.predict;

import io.freshet.server.body.RequestException;
import io.freshet.server.request.InferRequest;
import io.freshet.server.request.InputTensor;
import io.freshet.server.request.TensorData;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The event times of the rows of a request: those of its input {@value #INPUT}.
 *
 * @param millis since 1970, UTC; null if the request has no such input
 */
public record RowTimes(@Nullable TensorData millis) {
    /** The input with the event times. Models do not read it, unless a field has this name. */
    static final String INPUT = "event_time";

    private static final String EXPECTED = "milliseconds since 1970";
    /** The largest number of milliseconds that is exact in a double. */
    private static final double LAST_TIME = 0x1p53;

    /**
     * Returns the values of the input with the times.
     *
     * @throws RequestException if they are not one number or null per row
     */
    static TensorData column(InputTensor input) throws RequestException {
        if (input.datatype().isText()) {
            throw RequestException.bad(
                    INPUT, input.data().excerpt(0) + " (" + input.datatype() + ")", EXPECTED + " (INT64)");
        }
        return SampleEncoder.requireColumn(input);
    }

    /** @throws RequestException if a row has a time that is none */
    static void check(InputTensor input) throws RequestException {
        RowTimes times = new RowTimes(column(input));
        for (int row = 0; row < input.rows(); row++) {
            times.of(row);
        }
    }

    /**
     * Returns the times of a request whose inputs have been checked.
     *
     * @param fields of the model, which are not the time of a row
     */
    public static RowTimes of(InferRequest request, Set<String> fields) {
        return new RowTimes(
                fields.contains(INPUT)
                        ? null
                        : request.inputs().stream()
                                .filter(input -> input.name().equals(INPUT))
                                .map(InputTensor::data)
                                .findFirst()
                                .orElse(null));
    }

    /**
     * Returns the time of a row, or null.
     *
     * @throws RequestException if it is not a positive whole number
     */
    public @Nullable Long of(int row) throws RequestException {
        if (millis == null || millis.isNull(row)) {
            return null;
        }
        double time = millis.isText(row) ? Double.NaN : millis.numbers()[row];
        if (!(time >= 1 && time <= LAST_TIME && time == Math.rint(time))) {
            throw RequestException.bad("row " + row + ": " + INPUT, millis.excerpt(row), EXPECTED);
        }
        return (long) time;
    }
}
