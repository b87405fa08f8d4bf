package io.freshet.schemas.freshness;

import java.util.Comparator;
import java.util.List;

/**
 * Something that people should know about a model.
 *
 * @param text what is wrong and why, in one line
 */
public record Problem(Level level, String text) {
    /** Those that need most attention first. */
    public static final Comparator<Problem> WORST_FIRST =
            Comparator.comparing(Problem::level).reversed();

    static final int LONGEST = 400;

    public Problem {
        text = oneLine(text);
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
