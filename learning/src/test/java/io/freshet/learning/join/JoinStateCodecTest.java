package io.freshet.learning.join;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** A field that is not written is lost at the next record of the id. */
class JoinStateCodecTest {
    @Test
    void reads_what_it_wrote() throws IOException {
        JoinState state = full();
        JoinState read = read(write(state));
        assertThat(read).usingRecursiveComparison().isEqualTo(state);
    }

    @Test
    void reads_outcomes_that_wait_for_their_request() throws IOException {
        JoinState state = new JoinState();
        state.outcomes.add(new JoinOutcome(-5, 3, 1L << 40, Double.NaN, "ö", true, new byte[] {1, 2}));
        JoinState read = read(write(state));
        assertThat(read)
                .usingRecursiveComparison()
                .withEqualsForType(Double::equals, Double.class)
                .isEqualTo(state);
        assertThat(read.isWaiting()).isTrue();
        assertThat(read.timer()).isEqualTo(JoinState.NO_TIMER);
    }

    @Test
    void rejects_every_truncated_state() throws IOException {
        byte[] bytes = write(full());
        for (int length = 0; length < bytes.length; length++) {
            byte[] part = Arrays.copyOf(bytes, length);
            assertThatThrownBy(() -> read(part)).isInstanceOf(IOException.class);
        }
    }

    @Test
    void rejects_another_version() throws IOException {
        byte[] bytes = write(full());
        bytes[0] = 2;
        assertThatThrownBy(() -> read(bytes)).hasMessage("join state: version 2 (expected: 1)");
    }

    @Test
    void reads_stored_bytes_and_writes_them_again() throws IOException {
        byte[] bytes;
        try (InputStream stored = getClass().getResourceAsStream("/compatibility/join-state-v1.bin")) {
            bytes = Objects.requireNonNull(stored).readAllBytes();
        }
        assertThat(read(bytes)).usingRecursiveComparison().isEqualTo(stored());
        assertThat(write(read(bytes))).isEqualTo(bytes);
    }

    private static JoinState stored() {
        JoinState state = new JoinState();
        state.request = new JoinRequest(1_790_000_000_000L, true, new byte[] {7, 8, 9});
        state.sampled = true;
        state.open = true;
        state.label = 0.25;
        state.cursor = 1_790_000_000_001L;
        state.setTimer(1_790_000_000_100L);
        state.setIncarnation(71);
        state.outcomes.add(new JoinOutcome(1_790_000_000_001L, 1, 2, -1.5, null, false, null));
        state.outcomes.add(new JoinOutcome(1_790_000_000_002L, 1, 3, 1.5, "o7", true, null));
        return state;
    }

    static byte[] write(JoinState state) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        JoinStateCodec.write(state, new DataOutputStream(bytes));
        return bytes.toByteArray();
    }

    static JoinState read(byte[] bytes) throws IOException {
        return JoinStateCodec.read(new DataInputStream(new ByteArrayInputStream(bytes)));
    }

    /** Writes the stored bytes to a directory. */
    public static void main(String[] arguments) throws IOException {
        Files.write(Path.of(arguments[0], "join-state-v1.bin"), write(stored()));
    }

    private static JoinState full() {
        JoinState state = new JoinState();
        state.request = new JoinRequest(1_790_000_000_000L, true, new byte[] {7, 8, 9});
        state.sampled = true;
        state.label = 0.1;
        state.cursor = Long.MAX_VALUE;
        state.closed = true;
        state.setTimer(Long.MIN_VALUE);
        state.setIncarnation(1L << 40);
        state.outcomes.add(new JoinOutcome(1_790_000_000_001L, 1, 2, -1.5, null, false, null));
        state.outcomes.add(new JoinOutcome(1_790_000_000_002L, 1, 3, 1.5, "o7", true, null));
        return state;
    }
}
