package io.freshet.cli.console;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Would catch a record that moves the cursor of a terminal, or forges a line of output. */
class OneLineTest {
    @Test
    void a_terminal_obeys_nothing_in_a_text() {
        assertThat(OneLine.of("x: \u001b[2J\u001b]0;title\u0007 (expected:\r\na number)\u2028\u009b1m"))
                .isEqualTo("x:  [2J ]0;title  (expected:\\na number)\\n 1m");
    }

    @Test
    void printable_texts_stay() {
        assertThat(OneLine.of("größe: 日本 (expected: > 0)")).isEqualTo("größe: 日本 (expected: > 0)");
    }
}
