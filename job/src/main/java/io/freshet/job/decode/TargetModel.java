package io.freshet.job.decode;

import io.freshet.job.record.SourceRecord;
import io.freshet.schemas.deadletter.DeadLetterHeaders;
import io.freshet.schemas.sample.RecordDecoder;
import java.nio.charset.StandardCharsets;

/** Tells which model a record is for. */
final class TargetModel {
    private TargetModel() {}

    /** Returns the one model that a record is for, or "" for all: a header says so, or the record itself. */
    static String of(SourceRecord record, RecordDecoder decoded) {
        for (int i = record.headerNames().length - 1; i >= 0; i--) {
            byte[] value = record.headerValues()[i];
            if (value != null && record.headerNames()[i].equals(DeadLetterHeaders.MODEL)) {
                return new String(value, StandardCharsets.UTF_8);
            }
        }
        return decoded.model();
    }
}
