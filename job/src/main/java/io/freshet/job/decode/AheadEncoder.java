package io.freshet.job.decode;

import io.freshet.job.record.KeyedSample;
import io.freshet.job.record.RecordEncoder;
import io.freshet.job.record.SourceRecord;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.format.RecordFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Encodes records that need no rejection, as {@link DecodeFunction} does. */
final class AheadEncoder implements RecordEncoder {
    private static final KeyedSample[] NO_SAMPLES = {};

    private final SampleFactory factory;
    private boolean rejected;

    AheadEncoder(RecordFormat format, List<ModelSpec> specs) {
        factory = new SampleFactory(format, specs, List.of(), (record, reason, model, message) -> rejected = true);
    }

    @Override
    public KeyedSample @Nullable [] encode(SourceRecord record) {
        rejected = false;
        try {
            List<KeyedSample> samples = factory.encode(record);
            return rejected ? null : samples.toArray(NO_SAMPLES);
        } catch (RuntimeException | Error e) {
            // The decoder finds out whose failure it is.
            return null;
        }
    }
}
