package io.freshet.learning.spec;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A page of the project's {@code docs} folder. */
final class DocumentationPage {
    private static final Path FOLDER = Path.of("..", "docs");

    private DocumentationPage() {}

    /** Returns the text of a page; skips the test if the module is built outside of the project. */
    static String read(String name) throws IOException {
        assumeTrue(
                Files.isDirectory(FOLDER),
                "skipped: no " + FOLDER.toAbsolutePath().normalize() + " to compare with");
        return Files.readString(FOLDER.resolve(name));
    }
}
