package io.freshet.job.record;

import org.jspecify.annotations.Nullable;

/** Decodes records of the samples topic and encodes them for all models. Not thread-safe. */
public interface RecordEncoder {
    /** Returns the samples of a record, in the order of the models, or null if any of them has to be rejected. */
    KeyedSample @Nullable [] encode(SourceRecord record);
}
