package io.freshet.cli;

import java.io.IOException;
import java.nio.file.Files;

/** What README shows that the demo prints. */
public final class DemoTranscript {
    private DemoTranscript() {}

    public static boolean matches(String printed) throws IOException {
        return Transcript.of(Files.readString(DocumentedStack.ROOT.resolve("README.md"))).stream()
                .filter(command -> command.program().equals("freshet"))
                .filter(command -> command.command().equals("demo"))
                .findFirst()
                .orElseThrow()
                .matches(printed);
    }
}
