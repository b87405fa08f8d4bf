package io.freshet.server.answers;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.server.body.RequestException;
import io.freshet.server.predict.InferResponse;
import io.freshet.server.predict.InputEncoder;
import io.freshet.server.predict.JsonOutput;
import io.freshet.server.predict.ModelOutput;
import io.freshet.server.predict.RowTimes;
import io.freshet.server.store.ParameterSet;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/** Writes the answered rows of one response as JSON objects with the same fields for all rows of a model, as in docs/serving.md. */
final class AnswerWriter {
    private static final JsonFactory JSON = new JsonFactory();
    private static final int INITIAL_BYTES = 512;

    private final InferResponse response;
    private final boolean shadow;
    private final long time;
    private final ModelSpec spec;
    private final RowTimes eventTimes;
    /** The key of each row; null for a model without keys. */
    private final String @Nullable [] keys;
    /** Null if none are logged. */
    private final @Nullable FieldsJson fields;

    /**
     * @param shadow whether the rows were predicted without being returned
     * @param time when they were predicted, milliseconds since 1970, UTC
     */
    AnswerWriter(InferResponse response, boolean shadow, LoggedFields logged, long time) throws RequestException {
        this.response = response;
        this.shadow = shadow;
        this.time = time;
        spec = response.spec().spec();
        eventTimes = RowTimes.of(response.request(), response.spec().fields().names());
        keys = spec.key() == null ? null : InputEncoder.keys(response.request().inputs(), spec.key());
        fields = logged.isNone() ? null : new FieldsJson(response, logged);
    }

    /** Returns when a row happened, milliseconds since 1970, UTC. */
    long eventTime(int row) throws RequestException {
        Long sent = eventTimes.of(row);
        return sent == null ? time : sent;
    }

    /** Returns the record of a row that has a prediction. */
    byte[] write(int row, String id) throws RequestException {
        long eventTime = eventTime(row);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(INITIAL_BYTES);
        try (JsonGenerator to = JSON.createGenerator(bytes)) {
            write(row, id, eventTime, to);
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory failed", e);
        }
        return bytes.toByteArray();
    }

    private void write(int row, String id, long eventTime, JsonGenerator to) throws IOException {
        ParameterSet set = response.rows().set(row);
        to.writeStartObject();
        to.writeStringField("id", id);
        to.writeNumberField("row", row);
        to.writeNumberField("time", time);
        to.writeNumberField("event_time", eventTime);
        to.writeStringField("model", spec.name());
        to.writeStringField("key", keys == null ? null : keys[row]);
        to.writeStringField("key_field", spec.key());
        String predictedBy = set.snapshot().spec().name();
        boolean isOwn = predictedBy.equals(spec.name());
        to.writeStringField("outcome_hash", (isOwn ? set.served() : response.spec()).outcomeHash());
        to.writeStringField("parent", isOwn ? null : predictedBy);
        to.writeNumberField("version", set.version());
        to.writeStringField("lane", set.lane().label());
        String label = response.rows().versionLabel(row);
        to.writeStringField("version_label", label.isEmpty() ? null : label);
        to.writeFieldName("share");
        Double share = response.rows().share(row);
        if (share == null) {
            to.writeNull();
        } else {
            to.writeNumber(share);
        }
        to.writeFieldName("age_millis");
        double age = response.ageSeconds(row);
        if (Double.isNaN(age)) {
            to.writeNull();
        } else {
            to.writeNumber(Math.round(age * 1e3));
        }
        to.writeBooleanField("shadow", shadow);
        to.writeObjectFieldStart("outputs");
        for (ModelOutput output : ModelOutput.predicted(spec)) {
            to.writeFieldName(output.label());
            writeValues(output, row, to);
        }
        to.writeEndObject();
        if (fields != null) {
            to.writeFieldName("fields");
            fields.write(row, to);
        }
        to.writeEndObject();
    }

    /** Writes the value of a row, or an array if the output can have several. */
    private void writeValues(ModelOutput output, int row, JsonGenerator to) throws IOException {
        boolean several =
                output.shape(spec, response.rows().count(), response.steps()).size() > 1;
        if (several) {
            to.writeStartArray();
        }
        output.write(response, row, new JsonOutput(to));
        if (several) {
            to.writeEndArray();
        }
    }
}
