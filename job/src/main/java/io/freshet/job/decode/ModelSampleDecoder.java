package io.freshet.job.decode;

import io.freshet.job.record.KeyedSample;
import io.freshet.job.record.SourceRecord;
import io.freshet.learning.features.InvalidSampleException;
import io.freshet.learning.features.Row;
import io.freshet.learning.features.RowLayout;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.avro.MalformedRecordException;
import io.freshet.schemas.format.RecordFormat;
import io.freshet.schemas.sample.RecordDecoder;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Decodes and encodes records outside of the job as {@link DecodeFunction} does in it, for one model and the
 * specifications that it has had. Not thread-safe.
 */
public final class ModelSampleDecoder {
    private final RecordDecoder decoder;
    private final Row row;
    private final List<ActiveModel> models;

    /** @param specs of one model */
    public ModelSampleDecoder(RecordFormat format, List<ModelSpec> specs) {
        RowLayout layout = RowLayout.of(specs);
        decoder = format.decoder(layout);
        row = new Row(layout);
        models = specs.stream().map(spec -> new ActiveModel(spec, layout)).toList();
    }

    /**
     * Returns the sample that a record is to the model, or null if it is for another or would be a dead letter.
     *
     * @param spec index of the specification to encode it by
     */
    public @Nullable KeyedSample encode(SourceRecord record, int spec) {
        if (record.value() == null) {
            return null;
        }
        ActiveModel model = models.get(spec);
        try {
            decoder.decode(record.value(), record.timestamp(), row);
            String only = TargetModel.of(record, decoder);
            boolean mine = only.isEmpty() || only.equals(model.name());
            return mine ? model.encode(row, record.partition(), record.offset()) : null;
        } catch (MalformedRecordException | InvalidSampleException e) {
            return null;
        }
    }
}
