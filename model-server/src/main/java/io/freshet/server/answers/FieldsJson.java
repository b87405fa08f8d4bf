package io.freshet.server.answers;

import com.fasterxml.jackson.core.JsonGenerator;
import io.freshet.learning.features.RowLayout;
import io.freshet.learning.spec.FeatureSpec;
import io.freshet.server.predict.InferResponse;
import io.freshet.server.predict.RowSource;
import io.freshet.server.request.InferRequest;
import io.freshet.server.request.InputTensor;
import io.freshet.server.store.RequestFields;
import io.freshet.server.store.ServedSpec;
import java.io.IOException;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * Writes the fields of the rows of one request, so that the decoder of JSON reads what the request had: the same numbers, and the
 * same texts to hash.
 */
final class FieldsJson {
    /** Inputs that are fields of the answer itself, or not of a row, unless the model has a field of this name. */
    private static final Set<String> OF_ANSWER = Set.of("id", "event_time", RequestFields.STEPS);

    private final Map<String, Field> fields = new LinkedHashMap<>();

    /** A field with a value for each row that has one. */
    interface Field {
        /** Writes the name and the value of a row, or nothing. */
        void write(String name, int row, JsonGenerator to) throws IOException;
    }

    FieldsJson(InferResponse response, LoggedFields logged) {
        ServedSpec served = response.spec();
        // The rows of other specifications may have other vectors.
        Map<String, ServedSpec> specs = new LinkedHashMap<>(Map.of(served.hash(), served));
        for (RowSource source : response.rows().sources()) {
            if (source.set() != null) {
                specs.putIfAbsent(source.set().served().hash(), source.set().served());
            }
        }
        for (InputTensor input : response.request().inputs()) {
            String name = input.name();
            // A key may also be a number of the model, in another input.
            boolean isKey = name.equals(served.spec().key()) && input.datatype().isText();
            if (logged.contains(name) && !isKey && isOfRow(name, served.fields())) {
                add(name, input, response.request(), specs.values());
            }
        }
    }

    private static boolean isOfRow(String name, RequestFields known) {
        return !OF_ANSWER.contains(name)
                || known.names().contains(name)
                || known.unread().contains(name);
    }

    private void add(String name, InputTensor input, InferRequest request, Collection<ServedSpec> specs) {
        for (ServedSpec served : specs) {
            for (FeatureSpec.Dense vector : served.spec().features().dense()) {
                if (RowLayout.wireName(vector.field()).equals(name)) {
                    fields.put(name, VectorField.of(input, vector.length(), request, served));
                    return;
                }
            }
        }
        // A field that is both a number and a text has two inputs.
        if (fields.get(name) instanceof ScalarField other) {
            fields.put(name, other.with(input));
        } else {
            fields.put(name, ScalarField.of(input));
        }
    }

    /** Writes the fields that a row has, as an object. */
    void write(int row, JsonGenerator to) throws IOException {
        to.writeStartObject();
        for (Map.Entry<String, Field> field : fields.entrySet()) {
            field.getValue().write(field.getKey(), row, to);
        }
        to.writeEndObject();
    }
}
