package io.freshet.schemas.field;

import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/**
 * Which fields of a record say what it is, beside those that models learn from: names or paths, null for none.
 *
 * @param id text or number: the identity of the sample
 * @param time when it happened: milliseconds since 1970, an Avro time stamp, or a text as {@code 2030-01-31T12:00:00Z};
 *     without it the time stamp of the Kafka record
 * @param model text: the name of the only model that the sample is for
 */
public record RecordFields(
        @Nullable String id,
        @Nullable String time,
        @Nullable String model) implements Serializable {
    /** No such fields. */
    public static final RecordFields NONE = new RecordFields(null, null, null);

    /** Returns fields whose names may begin with {@code $.}, as those of a specification may. */
    public static RecordFields of(@Nullable String id, @Nullable String time, @Nullable String model) {
        return new RecordFields(bare(id), bare(time), bare(model));
    }

    private static @Nullable String bare(@Nullable String name) {
        return name != null && name.startsWith("$.") ? name.substring(2) : name;
    }
}
