package io.freshet.job.decode;

import io.freshet.job.source.SourceRecord;
import io.freshet.schemas.DeadLetterHeaders;
import io.freshet.schemas.RecordDecoder;
import java.nio.charset.StandardCharsets;

/** Tells which model a record is for. */
final class Addressee {
    private Addressee() {}

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
