package io.freshet.job.join.decode;

import io.freshet.job.record.SourceRecord;

/** Receives why a record is rejected, by all models or by one. */
interface JoinRejections {
    /** @param model that rejects the record, or "" for all */
    void reject(SourceRecord record, boolean isOutcome, String model, String message);
}
