package io.freshet.cli.tools;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ValueStartTest {
    @Test
    void shows_text_as_text_and_other_bytes_in_hexadecimal_never_more_than_the_start() {
        assertThat(ValueStart.of(null)).isNull();
        assertThat(ValueStart.of("1,Köln".getBytes(UTF_8))).isEqualTo("1,Köln");
        assertThat(ValueStart.of("x".repeat(200).getBytes(UTF_8))).hasSize(123).endsWith("x...");
        assertThat(ValueStart.of(new byte[] {(byte) 0xC3, 1, 0})).isEqualTo("hex c3 01 00");
        assertThat(ValueStart.of(new byte[100])).startsWith("hex 00 00").endsWith(" ... (100 bytes)");
        // A control character could do things to a terminal.
        assertThat(ValueStart.of("\u001b[2J".getBytes(UTF_8))).isEqualTo("hex 1b 5b 32 4a");
    }
}
