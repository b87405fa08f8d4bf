package io.freshet.server.body;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The media types of request bodies. */
public final class MediaType {
    private MediaType() {}

    /** Returns whether a header {@code Content-Type} is that of JSON, which no page can send to another site unasked. */
    public static boolean isJson(@Nullable String type) {
        if (type == null) {
            return false;
        }
        String media = type.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
        return media.equals("application/json") || media.endsWith("+json");
    }
}
