package io.freshet.schemas.avro;

/** Thrown for bytes that are not a valid record. The message describes the first defect. Has no stack trace. */
public final class MalformedRecordException extends Exception {
    private static final long serialVersionUID = 1;

    public MalformedRecordException(String message) {
        super(message, null, false, false);
    }
}
