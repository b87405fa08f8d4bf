package io.freshet.schemas.json;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.util.regex.Pattern;

/** Strips a JSON parser's message of what it says about the parser's own settings and sources. */
public final class ParserMessage {
    private static final Pattern INSIDES = Pattern.compile(
            " \\((?:start marker at|for \\w+ starting at|consider enabling|not recognized as one since) .*\\)"
                    + "|: enable `[^`]*` to allow|, from `[^`]*`");

    private ParserMessage() {}

    public static String of(JsonProcessingException e) {
        return INSIDES.matcher(e.getOriginalMessage()).replaceAll("");
    }
}
