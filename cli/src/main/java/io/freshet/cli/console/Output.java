package io.freshet.cli.console;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintWriter;
import java.util.function.Supplier;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The output format of a command: text, or JSON for programs. */
public final class Output {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** Output formats. */
    enum OutputFormat {
        text,
        json
    }

    @Option(names = "--output", paramLabel = "text|json", description = "Output format (default: ${DEFAULT-VALUE}).")
    private OutputFormat format = OutputFormat.text;

    @Spec(Spec.Target.MIXEE)
    @SuppressWarnings("NullAway.Init")
    private CommandSpec command;

    /** Prints a value as one line of JSON, or as text. */
    public void print(Object value, Supplier<String> text) {
        print(out(), value, text);
    }

    /** Prints what is not part of the output, to standard error. */
    public void printAside(Object value, Supplier<String> text) {
        print(command.commandLine().getErr(), value, text);
    }

    /** Returns whether programs read the output, which need every record. */
    public boolean isJson() {
        return format == OutputFormat.json;
    }

    private void print(PrintWriter to, Object value, Supplier<String> text) {
        to.println(isJson() ? json(value) : text.get());
    }

    /** Whether the output has been closed by its reader. */
    public boolean closed() {
        return out().checkError();
    }

    /** Returns the colors of the text. */
    public Styles styles() {
        return Styles.of(command);
    }

    private PrintWriter out() {
        return command.commandLine().getOut();
    }

    private static String json(Object value) {
        try {
            return JSON.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("cannot write JSON", e);
        }
    }
}
