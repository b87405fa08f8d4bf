package io.freshet.server.answers;

/**
 * The record of a row.
 *
 * @param key id of the row, UTF-8
 */
@SuppressWarnings("ArrayRecordComponent")
record AnswerRecord(byte[] key, byte[] value) {
    /** Objects of a record. */
    private static final int OVERHEAD_BYTES = 128;

    /** Returns about how much memory the record needs. */
    long bytes() {
        return (long) OVERHEAD_BYTES + key.length + value.length;
    }
}
