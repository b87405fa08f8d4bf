package io.freshet.schemas.avro;

/** Bytes that are not a record of the contract. The message says what they are instead; there is no stack trace. */
public final class MalformedRecordException extends Exception {
    private static final long serialVersionUID = 1;

    public MalformedRecordException(String message) {
        super(message, null, false, false);
    }
}
