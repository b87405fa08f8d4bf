package io.freshet.schemas.facts;

import java.util.Comparator;
import java.util.List;

/**
 * Something that people should know about a model.
 *
 * @param keys which keys of the model it is about, such as {@code key STL: }; "" for the model
 * @param reason what is wrong and why
 */
public record Problem(Level level, String keys, String reason) {
    /** Those that need most attention first. */
    public static final Comparator<Problem> WORST_FIRST =
            Comparator.comparing(Problem::level).reversed();

    static final int LONGEST = 400;

    /** A problem of a whole model. */
    public Problem(Level level, String reason) {
        this(level, "", reason);
    }

    /** Returns all of it, in one line. */
    public String text() {
        return oneLine(keys + reason);
    }

    /** Returns it without keys, which not everybody may read, in one line. */
    public String textWithoutKeys() {
        return oneLine(reason);
    }

    /** Returns the level of a model in a state with some problems. */
    public static Level worst(State state, List<Problem> problems) {
        return problems.stream().map(Problem::level).reduce(state.level(), Level::worse);
    }

    /** Reasons quote records. Control characters would be obeyed by a terminal. */
    private static String oneLine(String text) {
        String start = text.length() <= LONGEST ? text : text.substring(0, LONGEST) + "...";
        return start.replaceAll("\\p{IsControl}", " ");
    }
}
