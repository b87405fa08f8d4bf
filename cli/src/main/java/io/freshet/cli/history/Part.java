package io.freshet.cli.history;

import io.freshet.cli.console.CommandException;
import io.freshet.cli.kafka.KafkaOptions;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;

/**
 * A part of the report. If it cannot be read, the report says why, and has the other parts.
 *
 * @param value null if it cannot be read
 * @param reason why not; null if it can
 */
record Part<T>(@Nullable T value, @Nullable String reason) {
    /** Reads a part. */
    interface Source<T> {
        T read() throws CommandException;
    }

    static <T> Part<T> read(KafkaOptions kafka, Source<T> source) {
        try {
            return new Part<>(source.read(), null);
        } catch (CommandException | KafkaException e) {
            return new Part<>(null, kafka.reason(e));
        }
    }

    /** @throws CommandException with the reason, for a part that needs this one */
    T require() throws CommandException {
        if (value == null) {
            throw new CommandException(String.valueOf(reason));
        }
        return value;
    }
}
