package io.freshet.cli.console;

import java.io.PrintWriter;

/** A line that shows progress: on a terminal, the next one replaces it; elsewhere, each is a line of its own. */
public final class StatusLine {
    private static final int CELLS = 20;

    private final PrintWriter err;
    private final boolean terminal;
    private int width;

    /** @param terminal whether a line of {@code err} can be overwritten */
    public StatusLine(PrintWriter err, boolean terminal) {
        this.err = err;
        this.terminal = terminal;
    }

    public boolean isTerminal() {
        return terminal;
    }

    /** Shows a line without a bar. */
    public void show(String line) {
        if (terminal) {
            err.print("\r" + line + " ".repeat(Math.max(0, width - line.length())));
            width = line.length();
        } else {
            err.println(line);
        }
        err.flush();
    }

    /**
     * Shows a line, on a terminal after a bar.
     *
     * @param share of the work that is done, 0 to 1
     */
    public void show(double share, String line) {
        show(terminal ? bar(share) + "  " + line : line);
    }

    private static String bar(double share) {
        int filled = (int) (CELLS * Math.min(1, share));
        return "[" + "#".repeat(filled) + ".".repeat(CELLS - filled) + "]";
    }

    /** Removes the line from the terminal, so that another can be printed. */
    public void clear() {
        if (terminal && width > 0) {
            err.print("\r" + " ".repeat(width) + "\r");
            err.flush();
            width = 0;
        }
    }
}
