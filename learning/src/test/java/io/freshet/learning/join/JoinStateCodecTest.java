package io.freshet.learning.join;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A field that is not written is lost at the next record of the id. */
class JoinStateCodecTest {
    private final JoinStateCodec codec = new JoinStateCodec();

    @Test
    void reads_what_it_wrote() throws IOException {
        JoinState state = full();
        JoinState read = codec.read(codec.write(state));
        assertThat(read).usingRecursiveComparison().isEqualTo(state);
    }

    @Test
    void reads_outcomes_that_wait_for_their_request() throws IOException {
        JoinState state = new JoinState();
        state.outcomes.add(new JoinOutcome(-5, 3, 1L << 40, Double.NaN, "ö", true, new byte[] {1, 2}));
        JoinState read = codec.read(codec.write(state));
        assertThat(read)
                .usingRecursiveComparison()
                .withEqualsForType(Double::equals, Double.class)
                .isEqualTo(state);
        assertThat(read.isWaiting()).isTrue();
        assertThat(read.timer()).isEqualTo(JoinState.NO_TIMER);
    }

    @Test
    void rejects_every_truncated_state() {
        byte[] bytes = codec.write(full());
        for (int length = 0; length < bytes.length; length++) {
            byte[] part = Arrays.copyOf(bytes, length);
            assertThatThrownBy(() -> codec.read(part)).isInstanceOf(IOException.class);
        }
    }

    @Test
    void rejects_a_newer_version() {
        byte[] bytes = codec.write(full());
        bytes[0] = 3;
        assertThatThrownBy(() -> codec.read(bytes)).hasMessage("join state: version 3 (expected: up to 2)");
    }

    /** Stored bytes are never regenerated. */
    @ParameterizedTest
    @CsvSource({"1, -1", "2, 71"})
    void reads_every_earlier_version(int version, long incarnation) throws IOException {
        JoinState state = new JoinState();
        state.request = new JoinRequest(1_790_000_000_000L, true, new byte[] {7, 8, 9});
        state.sampled = true;
        state.open = true;
        state.label = 0.25;
        state.cursor = 1_790_000_000_001L;
        state.setTimer(1_790_000_000_100L);
        state.setIncarnation(incarnation);
        state.outcomes.add(new JoinOutcome(1_790_000_000_001L, 1, 2, -1.5, null, false, null));
        state.outcomes.add(new JoinOutcome(1_790_000_000_002L, 1, 3, 1.5, "o7", true, null));
        try (InputStream stored = getClass().getResourceAsStream("/compatibility/join-state-v" + version + ".bin")) {
            byte[] bytes = Objects.requireNonNull(stored).readAllBytes();
            assertThat(codec.read(bytes)).usingRecursiveComparison().isEqualTo(state);
        }
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
