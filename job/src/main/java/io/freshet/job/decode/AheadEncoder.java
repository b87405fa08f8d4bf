package io.freshet.job.decode;

import io.freshet.job.record.KeyedSample;
import io.freshet.job.record.RecordEncoder;
import io.freshet.job.record.SourceRecord;
import io.freshet.learning.features.InvalidSampleException;
import io.freshet.learning.features.Row;
import io.freshet.learning.features.RowLayout;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.avro.MalformedRecordException;
import io.freshet.schemas.format.RecordFormat;
import io.freshet.schemas.sample.RecordDecoder;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Encodes records that need no rejection, as {@link DecodeFunction} does. */
final class AheadEncoder implements RecordEncoder {
    private static final KeyedSample[] NO_SAMPLES = {};

    private final List<ModelEncoder> encoders;
    private final RecordDecoder decoder;
    private final Row row;
    private final List<KeyedSample> samples = new ArrayList<>();

    AheadEncoder(RecordFormat format, List<ModelSpec> specs) {
        RowLayout layout = RowLayout.of(specs);
        decoder = format.decoder(layout);
        row = new Row(layout);
        encoders = specs.stream().map(spec -> new ModelEncoder(spec, layout)).toList();
    }

    @Override
    public KeyedSample @Nullable [] encode(SourceRecord record) {
        if (record.value() == null) {
            return null;
        }
        samples.clear();
        try {
            decoder.decode(record.value(), record.timestamp(), row);
            String target = TargetModel.of(record, decoder);
            for (int i = 0; i < encoders.size(); i++) {
                ModelEncoder encoder = encoders.get(i);
                if (target.isEmpty() || encoder.name().equals(target)) {
                    samples.add(encoder.encode(row, record.partition(), record.offset()));
                }
            }
            // An unknown model has to be rejected.
            return target.isEmpty() || !samples.isEmpty() ? samples.toArray(NO_SAMPLES) : null;
        } catch (MalformedRecordException | InvalidSampleException | RuntimeException | Error e) {
            // The decoder finds out whose failure it is.
            return null;
        }
    }
}
