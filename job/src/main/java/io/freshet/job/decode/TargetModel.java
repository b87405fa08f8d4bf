package io.freshet.job.decode;

import io.freshet.job.record.RecordHeaders;
import io.freshet.job.record.SourceRecord;
import io.freshet.schemas.deadletter.DeadLetterHeaders;
import io.freshet.schemas.sample.RecordDecoder;
import java.nio.charset.StandardCharsets;

/** Finds the model that a record is for. */
final class TargetModel {
    private TargetModel() {}

    /** Returns the one model that a header or the record itself names, or "" for all models. */
    static String of(SourceRecord record, RecordDecoder decoded) {
        RecordHeaders headers = record.headers();
        for (int i = headers.count() - 1; i >= 0; i--) {
            byte[] value = headers.values()[i];
            if (value != null && headers.names()[i].equals(DeadLetterHeaders.MODEL)) {
                return new String(value, StandardCharsets.UTF_8);
            }
        }
        return decoded.model();
    }
}
