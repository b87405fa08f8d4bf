package io.freshet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;

/**
 * What a command did, in this JVM.
 *
 * @param code its exit code
 * @param out what it printed
 * @param err what it said besides
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

    /** Runs a command whose output may be read meanwhile. */
    public static Run to(StringWriter out, String... arguments) {
        StringWriter err = new StringWriter();
        int code = FreshetCommand.run(new PrintWriter(out, true), new PrintWriter(err, true), arguments);
        return new Run(code, out.toString(), err.toString());
    }

    /** Asserts that it went well. */
    public Run done() {
        assertThat(code).as(out + err).isZero();
        return this;
    }

    public List<String> outLines() {
        return out.lines().toList();
    }
}
