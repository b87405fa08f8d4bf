package io.freshet.server.predict;

import io.freshet.learning.features.Row;
import io.freshet.server.body.RequestException;
import io.freshet.server.request.TensorData;
import io.freshet.server.store.RequestFields;

/** An input of a request bound to its field's position in a {@link Row}. */
interface InputColumn {
    /**
     * Copies the value of one request row into {@code row}.
     *
     * @throws RequestException if the value is out of range
     */
    void copy(int index, Row row) throws RequestException;

    /** One number per row; null for a row without it, or a text that the model may read as missing. */
    record Numbers(int position, TensorData data) implements InputColumn {
        @Override
        public void copy(int index, Row row) {
            if (data.isText(index)) {
                char[] word = data.texts()[index].toCharArray();
                row.word(position, word, 0, word.length, true);
            } else if (!data.isNull(index)) {
                row.number(position, data.numbers()[index]);
            }
        }
    }

    /** One text per row; null for a row without it. */
    record Texts(int position, TensorData data) implements InputColumn {
        @Override
        public void copy(int index, Row row) {
            if (!data.isNull(index)) {
                row.copyText(position, data.texts()[index]);
            }
        }
    }

    /**
     * One vector per row, of {@code width} numbers.
     *
     * @param label field name for messages
     * @param values the vectors, row by row
     */
    record Vectors(int position, String label, double[] values, int width) implements InputColumn {
        @Override
        public void copy(int index, Row row) throws RequestException {
            float[] vector = row.vector(position, width);
            for (int i = 0; i < width; i++) {
                double value = values[index * width + i];
                vector[i] = (float) value;
                if (!Float.isFinite(vector[i])) {
                    throw RequestException.bad("row " + index + ": " + label + "[" + i + "]", value, "a number (FP32)");
                }
            }
        }
    }

    /**
     * One padded sequence of vectors per row.
     *
     * @param vectors all steps of each row, including padding
     * @param size numbers per step
     * @param steps number of valid steps per row
     */
    record Steps(Vectors vectors, int size, double[] steps) implements InputColumn {
        @Override
        public void copy(int index, Row row) throws RequestException {
            int maximum = vectors.width / size;
            double count = steps[index];
            if (!(count >= 1 && count <= maximum && count == Math.rint(count))) {
                throw RequestException.bad(
                        "row " + index + ": " + RequestFields.STEPS, count, "a whole number from 1 to " + maximum);
            }
            vectors.copy(index, row);
            row.vector(vectors.position, (int) count * size);
        }
    }
}
