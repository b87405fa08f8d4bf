package io.freshet.cli.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;

/** The texts of headers. */
public final class HeaderText {
    private HeaderText() {}

    /** Returns the text of the last header of a name; empty without one. */
    public static String of(Headers headers, String name) {
        Header header = headers.lastHeader(name);
        return header == null || header.value() == null ? "" : new String(header.value(), UTF_8);
    }
}
