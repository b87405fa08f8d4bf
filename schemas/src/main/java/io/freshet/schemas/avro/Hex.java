package io.freshet.schemas.avro;

import java.util.HexFormat;

/** Formats the first bytes of a malformed record for messages. */
public final class Hex {
    private static final int MAXIMUM_BYTES = 8;

    private Hex() {}

    /** Returns the first eight bytes, followed by the total count if there are more. */
    public static String start(byte[] bytes) {
        if (bytes.length == 0) {
            return "empty";
        }
        int count = Math.min(bytes.length, MAXIMUM_BYTES);
        String hex = HexFormat.ofDelimiter(" ").formatHex(bytes, 0, count);
        return hex + (count < bytes.length ? " ... (" + bytes.length + " bytes)" : "");
    }
}
