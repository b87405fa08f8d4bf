package io.freshet.schemas.avro;

import java.util.HexFormat;

/** Formats the first bytes of a malformed record for messages. */
public final class Hex {
    private static final int SHOWN = 8;

    private Hex() {}

    /** Returns the first eight bytes, followed by the total count if there are more. */
    public static String start(byte[] bytes) {
        if (bytes.length == 0) {
            return "empty";
        }
        int shown = Math.min(bytes.length, SHOWN);
        String hex = HexFormat.ofDelimiter(" ").formatHex(bytes, 0, shown);
        return hex + (shown < bytes.length ? " ... (" + bytes.length + " bytes)" : "");
    }
}
