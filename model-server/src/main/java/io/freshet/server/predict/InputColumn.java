package io.freshet.server.predict;

import io.freshet.learning.features.Row;
import io.freshet.server.request.RequestException;

/** An input of a request, bound to the position of its field in a row. */
sealed interface InputColumn {
    /**
     * Puts the value of one row of the request into a row of fields.
     *
     * @throws RequestException if there is no such value
     */
    void put(int index, Row row) throws RequestException;

    /** One number per row. */
    record Numbers(int place, double[] values) implements InputColumn {
        @Override
        public void put(int index, Row row) {
            row.number(place, values[index]);
        }
    }

    /** One text per row. */
    record Texts(int place, String[] values) implements InputColumn {
        @Override
        public void put(int index, Row row) {
            row.copyText(place, values[index]);
        }
    }

    /**
     * One vector per row, of {@code width} numbers.
     *
     * @param shown the name of the field, as messages show it
     * @param values row by row
     */
    record Vectors(int place, String shown, double[] values, int width) implements InputColumn {
        @Override
        public void put(int index, Row row) throws RequestException {
            float[] to = row.vector(place, width);
            for (int i = 0; i < width; i++) {
                double value = values[index * width + i];
                to[i] = (float) value;
                if (!Float.isFinite(to[i])) {
                    throw RequestException.bad("row " + index + ": " + shown + "[" + i + "]", value, "a number (FP32)");
                }
            }
        }
    }

    /**
     * One sequence of vectors per row; only its first steps count.
     *
     * @param vectors of all steps of the request
     * @param size numbers in a step
     * @param steps that count of each row
     */
    record Steps(Vectors vectors, int size, double[] steps) implements InputColumn {
        @Override
        public void put(int index, Row row) throws RequestException {
            int longest = vectors.width / size;
            double count = steps[index];
            if (!(count >= 1 && count <= longest && count == Math.rint(count))) {
                throw RequestException.bad(
                        "row " + index + ": " + ModelInputs.STEPS, count, "a whole number from 1 to " + longest);
            }
            vectors.put(index, row);
            row.vector(vectors.place, (int) count * size);
        }
    }
}
