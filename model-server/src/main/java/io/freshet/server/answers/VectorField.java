package io.freshet.server.answers;

import com.fasterxml.jackson.core.JsonGenerator;
import io.freshet.server.request.InferRequest;
import io.freshet.server.request.InputTensor;
import io.freshet.server.request.TensorData;
import io.freshet.server.store.RequestFields;
import io.freshet.server.store.ServedSpec;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * The vectors of a field, as flat arrays of numbers. A row may lack its vector.
 *
 * @param width numbers per row, with padding
 * @param length numbers of a vector, or of a step of a sequence
 * @param steps of each row; null if no row is padded
 */
@SuppressWarnings("ArrayRecordComponent")
record VectorField(TensorData values, int width, int length, double @Nullable [] steps) implements FieldsJson.Field {

    /** @param length numbers of a vector, or of a step of a sequence */
    static VectorField of(InputTensor input, int length, InferRequest request, ServedSpec served) {
        double[] steps = null;
        if (served.fields().takesSteps()) {
            steps = request.inputs().stream()
                    .filter(other -> other.name().equals(RequestFields.STEPS))
                    .map(other -> other.data().numbers())
                    .findFirst()
                    .orElse(null);
        }
        return new VectorField(input.data(), input.width(), length, steps);
    }

    @Override
    public void write(String name, int row, JsonGenerator to) throws IOException {
        if (values.isNull(row * width)) {
            return;
        }
        int count = steps == null ? width : Math.min(width, ((int) steps[row]) * length);
        to.writeArrayFieldStart(name);
        for (int i = row * width; i < row * width + count; i++) {
            ScalarField.writeNumber(values.numbers()[i], to);
        }
        to.writeEndArray();
    }
}
