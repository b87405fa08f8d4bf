package io.freshet.cli.feed;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Would catch a value of a rejected row that moves the cursor of a terminal, or forges a line of output. */
class RejectOptionsTest {
    @Test
    void a_terminal_obeys_nothing_in_a_reason() {
        StringWriter err = new StringWriter();
        RejectReason reason = new RejectReason("x: \u001b[2J\u009b1m\n3 (expected: a number)", 1, 1);

        RejectOptions.print(new PrintWriter(err, true), "", 1, 2, List.of(reason));

        assertThat(err.toString().lines())
                .last()
                .isEqualTo("  1 row, first row 1: x:  [2J 1m\\n3 (expected: a number)");
    }
}
