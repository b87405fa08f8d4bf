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
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int code = FreshetCommand.run(new PrintWriter(out, true), new PrintWriter(err, true), arguments);
        return new Run(code, out.toString(), err.toString());
    }

    public List<String> outLines() {
        return out.lines().toList();
    }
}
