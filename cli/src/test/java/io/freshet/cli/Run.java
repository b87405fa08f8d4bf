package io.freshet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;

/**
 * The result of a command that ran in this JVM.
 *
 * @param code exit code
 * @param out standard output
 * @param err standard error
 */
public record Run(int code, String out, String err) {
    public static Run of(String... arguments) {
        return to(new StringWriter(), arguments);
    }

    /** Runs a command on the topics under a prefix. */
    public static Run at(String bootstrapServers, String prefix, String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("--bootstrap-servers", bootstrapServers, "--prefix", prefix));
        return of(all.toArray(String[]::new));
    }

    /** Runs a command; its output can be read while it runs. */
    public static Run to(StringWriter out, String... arguments) {
        StringWriter err = new StringWriter();
        int code = FreshetCommand.run(new PrintWriter(out, true), new PrintWriter(err, true), arguments);
        return new Run(code, out.toString(), err.toString());
    }

    /** Asserts that the command succeeded. */
    public Run done() {
        assertThat(code).as(out + err).isZero();
        return this;
    }

    public List<String> outLines() {
        return out.lines().toList();
    }
}
