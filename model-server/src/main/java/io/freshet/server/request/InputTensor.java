package io.freshet.server.request;

import io.freshet.server.body.RequestException;
import io.freshet.server.body.RequestExcerpt;
import java.util.List;

/**
 * A checked input of a request: the number of values matches the shape, and each value matches the datatype, is null, or is a text in
 * the place of a number.
 *
 * @param name the name of a field
 * @param datatype the type of all values
 * @param shape rows first, one to three dimensions
 * @param data the values, row by row
 */
public record InputTensor(String name, Datatype datatype, List<Integer> shape, TensorData data) {
    public int rows() {
        return shape.get(0);
    }

    /** Returns the number of values per row. */
    public int width() {
        return data.size() / rows();
    }

    /** Returns whether no value is null, or a text in the place of a number. */
    public boolean isComplete() {
        return data.firstWithoutValue(datatype, 0, data.size()) < 0;
    }

    /** @throws RequestException if a value is null, or a text in the place of a number */
    public void requireValues() throws RequestException {
        requireValues(0, data.size());
    }

    /** @throws RequestException the same, for a value of one row */
    public void requireValues(int row) throws RequestException {
        requireValues(row * width(), (row + 1) * width());
    }

    private void requireValues(int from, int to) throws RequestException {
        int missing = data.firstWithoutValue(datatype, from, to);
        if (missing >= 0) {
            throw RequestException.bad(
                    RequestExcerpt.name(name) + ".data[" + missing + "]",
                    data.excerpt(missing),
                    datatype.expectation());
        }
    }

    /** Returns whether the shape is [n] or [n,1]. */
    public boolean isColumn() {
        return shape.size() == 1 || (shape.size() == 2 && shape.get(1) == 1);
    }
}
