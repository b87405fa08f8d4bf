package io.freshet.cli.console;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintWriter;
import java.util.function.Supplier;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** How a command prints: for people, or for programs. */
public final class Output {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** Kinds of output. */
    enum Kind {
        text,
        json
    }

    @Option(names = "--output", paramLabel = "text|json", description = "How to print (default: ${DEFAULT-VALUE}).")
    private Kind kind = Kind.text;

    @Spec(Spec.Target.MIXEE)
    @SuppressWarnings("NullAway.Init")
    private CommandSpec command;

    /** Prints one line of JSON, or a text. */
    public void print(Object value, Supplier<String> text) {
        out().println(kind == Kind.json ? json(value) : text.get());
    }

    /** Whether what reads the output has gone away. */
    public boolean closed() {
        return out().checkError();
    }

    private PrintWriter out() {
        return command.commandLine().getOut();
    }

    private static String json(Object value) {
        try {
            return JSON.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("maps, lists, texts and numbers are JSON", e);
        }
    }
}
