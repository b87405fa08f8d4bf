package io.freshet.schemas.sample;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.util.regex.Pattern;

/** Removes a JSON parser's hints about its own settings and sources from its message. */
public final class ParserMessage {
    private static final Pattern HINTS = Pattern.compile(
            " \\((?:start marker at|for \\w+ starting at|consider enabling|not recognized as one since) .*\\)"
                    + "|: enable `[^`]*` to allow|, from `[^`]*`");

    private ParserMessage() {}

    public static String of(JsonProcessingException e) {
        return HINTS.matcher(e.getOriginalMessage()).replaceAll("");
    }
}
