package io.freshet.cli.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

class StatusLineTest {
    private final StringWriter err = new StringWriter();

    @Test
    void replaces_the_line_on_a_terminal() {
        StatusLine line = new StatusLine(new PrintWriter(err), true);
        line.show(0.5, "half");
        line.show("x");
        line.clear();
        line.clear();
        assertThat(err.toString().split("\r", -1))
                .containsExactly("", "[##########..........]  half", "x" + " ".repeat(27), " ", "");
    }

    @Test
    void prints_lines_without_a_bar_elsewhere() {
        StatusLine line = new StatusLine(new PrintWriter(err), false);
        line.show(2, "all");
        line.clear();
        line.show("more");
        assertThat(err.toString().lines()).containsExactly("all", "more");
    }
}
