package io.freshet.job.decode;

import io.freshet.job.record.KeyedSample;
import io.freshet.job.record.SourceRecord;
import io.freshet.job.specs.ModelFailure;
import io.freshet.learning.features.InvalidSampleException;
import io.freshet.learning.features.Row;
import io.freshet.learning.features.RowLayout;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.avro.MalformedRecordException;
import io.freshet.schemas.format.RecordFormat;
import io.freshet.schemas.sample.RecordDecoder;
import java.io.UncheckedIOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Decodes records outside the job exactly as {@link DecodeFunction} does inside it, and encodes them with any past or present
 * specification of one model. Not thread-safe.
 */
public final class ModelSampleDecoder {
    private final RowLayout layout;
    private final RecordDecoder decoder;
    private final Row row;
    private final List<ModelEncoder> encoders;

    /** @param specs of one model */
    public ModelSampleDecoder(RecordFormat format, List<ModelSpec> specs) {
        layout = RowLayout.of(specs);
        decoder = format.decoder(layout);
        row = new Row(layout);
        encoders = specs.stream().map(spec -> new ModelEncoder(spec, layout)).toList();
    }

    /**
     * Encodes a record as a sample of the model. Returns null if the record is for another model or would be a dead letter.
     *
     * @param spec index of the specification to encode with
     */
    public @Nullable KeyedSample encode(SourceRecord record, int spec) {
        if (record.value() == null) {
            return null;
        }
        ModelEncoder encoder = encoders.get(spec);
        try {
            decoder.decode(record.value(), record.timestamp(), row);
            String only = TargetModel.of(record, decoder);
            boolean wanted = only.isEmpty() || only.equals(encoder.name());
            return wanted ? encoder.encode(row, record.partition(), record.offset()) : null;
        } catch (MalformedRecordException | InvalidSampleException e) {
            return null;
        } catch (UncheckedIOException e) {
            // The schema registry failed, not the record.
            throw e;
        } catch (RuntimeException | Error e) {
            ModelFailure.of(e);
            return null;
        }
    }

    /** Returns the layout of {@link #row}. */
    public RowLayout layout() {
        return layout;
    }

    /** Returns the record that was encoded last. */
    public Row row() {
        return row;
    }
}
