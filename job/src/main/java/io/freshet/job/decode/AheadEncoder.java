package io.freshet.job.decode;

import io.freshet.job.record.KeyedSample;
import io.freshet.job.record.RecordEncoder;
import io.freshet.job.record.SourceRecord;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.sample.RecordFormat;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Encodes records that need no rejection, as {@link DecodeFunction} does. */
final class AheadEncoder implements RecordEncoder {
    private static final KeyedSample[] NO_SAMPLES = {};
    private static final Rejected REJECTED = new Rejected();

    private final SampleFactory factory;

    AheadEncoder(RecordFormat format, List<ModelSpec> specs, Map<String, List<String>> replicas) {
        factory = new SampleFactory(format, specs, replicas, List.of(), (record, reason, model, message) -> {
            throw REJECTED;
        });
    }

    @Override
    public KeyedSample @Nullable [] encode(SourceRecord record) {
        try {
            return factory.encode(record).toArray(NO_SAMPLES);
        } catch (RuntimeException | Error e) {
            // The decoder finds out why, and whose failure it is.
            return null;
        }
    }

    /** Ends the encoding of a record at its first rejection. */
    private static final class Rejected extends RuntimeException {
        private static final long serialVersionUID = 1;

        Rejected() {
            super(null, null, false, false);
        }
    }
}
