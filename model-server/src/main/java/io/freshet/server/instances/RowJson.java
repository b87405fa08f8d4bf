package io.freshet.server.instances;

import com.fasterxml.jackson.core.JsonGenerator;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.server.predict.InferResponse;
import io.freshet.server.predict.JsonOutput;
import io.freshet.server.predict.ModelOutput;
import io.freshet.server.predict.TensorValues;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;

/** Writes the values of one output of one row, in nested arrays of its shape. Not thread-safe. */
final class RowJson implements TensorValues {
    private final JsonOutput values;
    private final JsonGenerator to;
    /** Without the rows. */
    private final List<Integer> shape;

    private final int count;
    private int written;

    private RowJson(JsonGenerator to, List<Integer> shape) {
        values = new JsonOutput(to);
        this.to = to;
        this.shape = shape;
        count = shape.stream().reduce(1, (a, b) -> a * b);
    }

    /** Writes a value, or an array; of a sequence, without the padding to the longest one of the response. */
    static void write(InferResponse response, int row, ModelOutput output, JsonGenerator to) {
        ModelSpec spec = response.spec().spec();
        int steps = response.rows().predictions()[row].length / spec.outputs();
        List<Integer> shape = output.shape(spec, 1, steps);
        output.write(response, row, new RowJson(to, shape.subList(1, shape.size())));
    }

    @Override
    public void number(float value) {
        write(() -> values.number(value));
    }

    @Override
    public void number(double value) {
        write(() -> values.number(value));
    }

    @Override
    public void number(long value) {
        write(() -> values.number(value));
    }

    @Override
    public void flag(boolean value) {
        write(() -> values.flag(value));
    }

    @Override
    public void text(String value) {
        write(() -> values.text(value));
    }

    @Override
    public void missing() {
        write(values::missing);
    }

    /** Writes a value, after the arrays that it begins, and before those that it ends. */
    private void write(Runnable value) {
        if (written == count) {
            return;
        }
        try {
            for (int i = 0; i < shape.size(); i++) {
                if (written % size(i) == 0) {
                    to.writeStartArray();
                }
            }
            value.run();
            written++;
            for (int i = shape.size() - 1; i >= 0; i--) {
                if (written % size(i) == 0) {
                    to.writeEndArray();
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory failed", e);
        }
    }

    /** Returns the number of values in an array of a dimension. */
    private int size(int dimension) {
        int size = 1;
        for (int length : shape.subList(dimension, shape.size())) {
            size *= length;
        }
        return size;
    }
}
