package io.freshet.schemas.json;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.util.regex.Pattern;

/** What a JSON parser says of bad JSON, without what it says of its own settings and sources. */
public final class ParserMessage {
    private static final Pattern INSIDES = Pattern.compile(
            " \\((?:start marker at|for \\w+ starting at|consider enabling|not recognized as one since) .*\\)"
                    + "|: enable `[^`]*` to allow|, from `[^`]*`");

    private ParserMessage() {}

    public static String of(JsonProcessingException e) {
        return INSIDES.matcher(e.getOriginalMessage()).replaceAll("");
    }
}
