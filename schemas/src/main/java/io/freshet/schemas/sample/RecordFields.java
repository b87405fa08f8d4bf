package io.freshet.schemas.sample;

import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/**
 * The names or paths of a record's metadata fields, as opposed to the fields that models learn from; null if absent.
 *
 * @param id text or number: the sample's id
 * @param time event time: milliseconds since 1970, an Avro timestamp, or a text such as {@code 2030-01-31T12:00:00Z}; without
 *     this field, the timestamp of the Kafka record
 * @param model text: the name of the only model that the sample is for
 */
public record RecordFields(
        @Nullable String id,
        @Nullable String time,
        @Nullable String model) implements Serializable {
    /** No such fields. */
    public static final RecordFields NONE = new RecordFields(null, null, null);

    /** Returns fields by names that may begin with {@code $.}, as in a specification. */
    public static RecordFields of(@Nullable String id, @Nullable String time, @Nullable String model) {
        return new RecordFields(bare(id), bare(time), bare(model));
    }

    private static @Nullable String bare(@Nullable String name) {
        return name != null && name.startsWith("$.") ? name.substring(2) : name;
    }
}
