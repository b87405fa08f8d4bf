package io.freshet.schemas.avro;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * The header of Avro's single-object encoding: {@code C3 01}, then the fingerprint of the writer's schema.
 *
 * @see <a href="https://avro.apache.org/docs/1.12.0/specification/#single-object-encoding">Avro specification</a>
 */
public final class SingleObject {
    /** Length of the header in bytes. */
    public static final int HEADER = 10;

    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private SingleObject() {}

    /**
     * Returns the fingerprint of the schema that a record was written with.
     *
     * @throws MalformedRecordException if the bytes do not start with the header
     */
    public static long fingerprint(byte[] record) throws MalformedRecordException {
        if (!isFramed(record)) {
            throw unframed(record, "");
        }
        return (long) LONG.get(record, 2);
    }

    /** Returns whether a record starts with the header. */
    public static boolean isFramed(byte[] record) {
        return record.length >= HEADER && record[0] == (byte) 0xC3 && record[1] == 1;
    }

    /** Returns an exception for a record without the header, with a hint at the end. */
    public static MalformedRecordException unframed(byte[] record, String hint) {
        return new MalformedRecordException(
                "value: " + Hex.start(record) + " (expected: Avro single-object encoding, C3 01 ..." + hint + ")");
    }

    /** Returns a header followed by {@code record[from, record.length)}. */
    public static byte[] frame(byte[] record, int from, long fingerprint) {
        byte[] framed = new byte[HEADER + record.length - from];
        framed[0] = (byte) 0xC3;
        framed[1] = 1;
        LONG.set(framed, 2, fingerprint);
        System.arraycopy(record, from, framed, HEADER, record.length - from);
        return framed;
    }
}
