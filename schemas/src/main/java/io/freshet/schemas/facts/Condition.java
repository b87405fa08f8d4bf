package io.freshet.schemas.facts;

import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The state of a model or of the trainer.
 *
 * @param since of {@code trainer gone} and {@code broker gone}, when it was last seen; of {@code idle}, when it last received
 *     a sample; milliseconds since 1970, UTC; null for other states, and if unknown
 * @param behind records of the samples topic still to be read, in offsets; null if unknown
 */
public record Condition(
        State state, @Nullable Long since, @Nullable Long behind) {
    /** Returns the state in words, such as {@code trainer gone since 2026-11-27T20:15:00Z}. */
    public String text() {
        if (state == State.CATCHING_UP && behind != null) {
            return String.format(Locale.ROOT, "%s: %,d behind", state.text(), behind);
        }
        return since == null ? state.text() : state.text() + " since " + Instant.ofEpochMilli(since);
    }
}
