package io.freshet.server.predict;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.UncheckedIOException;

/** Writes the values of an output as JSON in memory. A missing value is null. */
public record JsonOutput(JsonGenerator to) implements TensorValues {
    @Override
    public void number(float value) {
        write(() -> to.writeNumber(value));
    }

    @Override
    public void number(double value) {
        write(() -> to.writeNumber(value));
    }

    @Override
    public void number(long value) {
        write(() -> to.writeNumber(value));
    }

    @Override
    public void flag(boolean value) {
        write(() -> to.writeBoolean(value));
    }

    @Override
    public void text(String value) {
        write(() -> to.writeString(value));
    }

    @Override
    public void missing() {
        write(to::writeNull);
    }

    private interface Writing {
        void run() throws IOException;
    }

    private static void write(Writing writing) {
        try {
            writing.run();
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory failed", e);
        }
    }
}
