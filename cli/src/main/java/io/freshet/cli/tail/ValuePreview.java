package io.freshet.cli.tail;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** Formats the start of a value: as text if it is printable UTF-8, otherwise in hexadecimal. */
public final class ValuePreview {
    private static final int SHOWN_CHARACTERS = 120;
    private static final int SHOWN_BYTES = 32;

    private ValuePreview() {}

    public static @Nullable String of(byte @Nullable [] value) {
        if (value == null) {
            return null;
        }
        String text = text(value);
        if (text != null) {
            return text.length() > SHOWN_CHARACTERS ? text.substring(0, SHOWN_CHARACTERS) + "..." : text;
        }
        int shown = Math.min(value.length, SHOWN_BYTES);
        String hex = HexFormat.ofDelimiter(" ").formatHex(value, 0, shown);
        return "hex " + hex + (shown < value.length ? " ... (" + value.length + " bytes)" : "");
    }

    private static @Nullable String text(byte[] value) {
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(value))
                    .toString();
            boolean printable = text.chars().noneMatch(c -> Character.isISOControl(c) && !Character.isWhitespace(c));
            return printable ? text : null;
        } catch (CharacterCodingException e) {
            return null;
        }
    }
}
