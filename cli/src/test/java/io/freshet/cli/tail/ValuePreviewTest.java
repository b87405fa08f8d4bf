package io.freshet.cli.tail;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ValuePreviewTest {
    @Test
    void previews_text_as_text_and_other_bytes_in_hexadecimal() {
        assertThat(ValuePreview.of(null)).isNull();
        assertThat(ValuePreview.of("1,Köln".getBytes(UTF_8))).isEqualTo("1,Köln");
        assertThat(ValuePreview.of("x".repeat(200).getBytes(UTF_8)))
                .hasSize(123)
                .endsWith("x...");
        assertThat(ValuePreview.of(new byte[] {(byte) 0xC3, 1, 0})).isEqualTo("hex c3 01 00");
        assertThat(ValuePreview.of(new byte[100])).startsWith("hex 00 00").endsWith(" ... (100 bytes)");
        // Control characters could change the terminal.
        assertThat(ValuePreview.of("\u001b[2J".getBytes(UTF_8))).isEqualTo("hex 1b 5b 32 4a");
    }
}
