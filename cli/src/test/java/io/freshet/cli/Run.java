package io.freshet.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
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

    /** Runs a command whose output may be read meanwhile. */
    public static Run to(StringWriter out, String... arguments) {
        StringWriter err = new StringWriter();
        int code = FreshetCommand.run(new PrintWriter(out, true), new PrintWriter(err, true), arguments);
        return new Run(code, out.toString(), err.toString());
    }

    public List<String> outLines() {
        return out.lines().toList();
    }
}
