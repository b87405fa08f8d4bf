package io.freshet.cli.dev;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.freshet.learning.spec.ModelSpec;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** The files of the folder {@code examples}, which are part of the jar. */
public final class Examples {
    private Examples() {}

    /** Returns a specification. */
    public static ModelSpec spec(String name) throws IOException {
        return ModelSpec.parse(yaml(name));
    }

    static String yaml(String name) throws IOException {
        try (InputStream in = open(name)) {
            return new String(in.readAllBytes(), UTF_8);
        }
    }

    /** Copies a file to a directory, as it is stored, and returns the copy. */
    static Path copy(String name, Path directory) throws IOException {
        Path file = directory.resolve(name);
        try (InputStream in = open(name)) {
            Files.copy(in, file);
        }
        return file;
    }

    /** Opens a file as it is stored, which may be compressed. */
    public static InputStream open(String name) {
        InputStream in = Examples.class.getResourceAsStream("/examples/" + name);
        if (in == null) {
            throw new IllegalStateException("examples/" + name + ": not in the jar (expected: built with Maven)");
        }
        return in;
    }
}
