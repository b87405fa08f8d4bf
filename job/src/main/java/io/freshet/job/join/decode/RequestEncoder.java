package io.freshet.job.join.decode;

import io.freshet.job.join.JoinInput;
import io.freshet.job.join.RequestContent;
import io.freshet.job.join.score.AnsweredPrediction;
import io.freshet.job.record.ModelKey;
import io.freshet.job.record.SourceRecord;
import io.freshet.learning.encode.FeatureEncoder;
import io.freshet.learning.encode.RowSelector;
import io.freshet.learning.features.InvalidSampleException;
import io.freshet.learning.features.Row;
import io.freshet.learning.features.RowLayout;
import io.freshet.learning.join.JoinRequest;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.avro.MalformedRecordException;
import io.freshet.schemas.kafka.KeyField;
import io.freshet.schemas.kafka.RecordLimit;
import io.freshet.schemas.loop.OutcomeRecord;
import io.freshet.schemas.sample.RowEncoder;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Turns a row into a request of one model: checks that the model can learn it once it has a label, and writes it as a sample
 * without one. Not thread-safe.
 */
final class RequestEncoder {
    /** Bytes that a label and its previous one add to a sample at most, with the key of its record. */
    private static final int LABEL_BYTES = 1 << 13;

    private final ModelSpec spec;
    private final long incarnation;
    private final RowLayout layout;
    private final Row row;
    private final RowSelector selector;
    private final FeatureEncoder features;
    private final RowEncoder samples;
    private final @Nullable KeyField key;
    private final int idPlace;
    private final RequestExtras extras;

    RequestEncoder(ModelSpec spec, long incarnation) {
        this.spec = spec;
        this.incarnation = incarnation;
        layout = RowLayout.of(List.of(spec));
        row = new Row(layout);
        selector = RowSelector.of(spec, layout);
        features = new FeatureEncoder(spec, layout);
        samples = new RowEncoder(layout);
        key = KeyField.of(spec, layout);
        String idField = spec.fields().id();
        idPlace = idField == null ? -1 : layout.text(idField);
        extras = new RequestExtras(spec);
    }

    ModelSpec spec() {
        return spec;
    }

    /** Returns the layout of {@link #row}. */
    RowLayout layout() {
        return layout;
    }

    /** Returns the row to fill before {@link #encode}. */
    Row row() {
        return row;
    }

    RequestExtras extras() {
        return extras;
    }

    boolean selects() {
        return selector.selects(row);
    }

    /**
     * Adds the id and the key of an answer, which are not among its fields.
     *
     * @param keyField of the specification that answered, which may not be the key now; null for the key field
     */
    void identify(String id, @Nullable String keyField, @Nullable String keyValue) {
        row.id(id);
        if (idPlace >= 0) {
            row.addText(idPlace, id);
        }
        String name = keyField != null || key == null ? keyField : key.name();
        if (name != null && keyValue != null) {
            int place = layout.text(name);
            if (place >= 0) {
                row.addText(place, keyValue);
            }
            extras.set(name, keyValue);
        }
    }

    /** Gives the row the id of the model's id field, or gives that field the id of the row. */
    void identify() throws MalformedRecordException {
        if (idPlace >= 0 && row.hasText(idPlace)) {
            row.id(row.text(idPlace));
        } else if (idPlace >= 0 && row.hasId()) {
            row.addText(idPlace, row.id());
        }
        if (!row.hasId()) {
            throw new MalformedRecordException("id: missing (expected: a text, by which outcomes find their request)");
        }
        OutcomeRecord.requireId("id", row.id());
    }

    /**
     * Returns the request of the row.
     *
     * @param time event time, milliseconds since 1970, UTC
     * @param answer null if there is none
     * @throws InvalidSampleException if the model could not learn the row
     * @throws MalformedRecordException if the row is too large for a record
     */
    JoinInput encode(long time, @Nullable AnsweredPrediction answer, SourceRecord record)
            throws InvalidSampleException, MalformedRecordException {
        if (key != null) {
            key.check(row);
        }
        features.checkUnlabeled(row);
        row.eventTime(time);
        row.epoch(0);
        row.removePrevious();
        byte[] sample = samples.encode(row, spec.name());
        if (sample.length > RecordLimit.BYTES - LABEL_BYTES) {
            throw new MalformedRecordException("value: a sample of " + sample.length + " bytes (expected: up to "
                    + (RecordLimit.BYTES - LABEL_BYTES) + ")");
        }
        byte[] content = new RequestContent(sample, answer, extras.slices(), extras.fields()).write();
        JoinRequest request = new JoinRequest(time, extras.isExposed(), content);
        return new JoinInput.Requested(ModelKey.ofWhole(spec.name()) + row.id(), request, incarnation, record);
    }
}
