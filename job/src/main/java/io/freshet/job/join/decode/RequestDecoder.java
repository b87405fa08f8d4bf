package io.freshet.job.join.decode;

import io.freshet.job.join.JoinInput;
import io.freshet.job.record.SourceRecord;
import java.util.function.Consumer;

/** Reads the requests of one topic. Not thread-safe. */
interface RequestDecoder {
    /** Sends a record as a request of each model that it is for, or rejects it. */
    void decode(SourceRecord record, Consumer<JoinInput> out);
}
