package io.freshet.learning.join;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of a {@link JoinState}: a version, flags, the incarnation, the timer, the request, and the outcomes. Integers are written in as few
 * bytes as they need. Keeps its buffer for the next state; not thread safe.
 */
public final class JoinStateCodec {
    private static final int VERSION = 1;

    private static final int REQUEST = 1;
    private static final int EXPOSED = 2;
    private static final int SAMPLED = 4;
    private static final int CLOSED = 8;
    private static final int TIMER = 16;
    private static final int OPEN = 32;

    private static final int VALUE = 1;
    private static final int ID = 2;
    private static final int SHOWN = 4;
    private static final int CONTENT = 8;

    /** The outcomes, and one entry without a value, for an exposure. */
    private static final int MAXIMUM_ENTRIES = JoinRule.MAXIMUM_OUTCOMES + 1;

    private final JoinBytes bytes = new JoinBytes();

    /** Returns the state as a new array. */
    public byte[] write(JoinState state) {
        bytes.clear();
        JoinRequest request = state.request;
        bytes.writeByte(VERSION);
        bytes.writeByte((request != null ? REQUEST : 0)
                | (request != null && request.exposed() ? EXPOSED : 0)
                | (state.sampled ? SAMPLED : 0)
                | (state.open ? OPEN : 0)
                | (state.closed ? CLOSED : 0)
                | (state.timer() != JoinState.NO_TIMER ? TIMER : 0));
        bytes.writeLong(state.incarnation());
        if (state.timer() != JoinState.NO_TIMER) {
            bytes.writeLong(state.timer());
        }
        if (request != null) {
            bytes.writeLong(request.time());
            bytes.writeLong(state.cursor);
            if (state.sampled) {
                bytes.writeDouble(state.label);
            }
            bytes.writeArray(request.content());
        }
        bytes.writeLong(state.outcomes.size());
        for (JoinOutcome outcome : state.outcomes) {
            write(outcome);
        }
        return bytes.toArray();
    }

    private void write(JoinOutcome outcome) {
        String id = outcome.outcomeId();
        byte[] content = outcome.content();
        bytes.writeByte((outcome.hasValue() ? VALUE : 0)
                | (id != null ? ID : 0)
                | (outcome.exposed() ? SHOWN : 0)
                | (content != null ? CONTENT : 0));
        bytes.writeLong(outcome.time());
        bytes.writeLong(outcome.partition());
        bytes.writeLong(outcome.offset());
        if (outcome.hasValue()) {
            bytes.writeDouble(outcome.value());
        }
        if (id != null) {
            bytes.writeArray(id.getBytes(StandardCharsets.UTF_8));
        }
        if (content != null) {
            bytes.writeArray(content);
        }
    }

    /** @throws IOException if the bytes are not a state, or one of another version */
    public JoinState read(byte[] written) throws IOException {
        JoinBytes in = new JoinBytes(written);
        int version = in.readByte();
        if (version != VERSION) {
            throw new IOException("join state: version " + version + " (expected: " + VERSION + ")");
        }
        JoinState state = new JoinState();
        int flags = in.readByte();
        state.setIncarnation(in.readLong());
        if ((flags & TIMER) != 0) {
            state.setTimer(in.readLong());
        }
        state.sampled = (flags & SAMPLED) != 0;
        state.open = (flags & OPEN) != 0;
        state.closed = (flags & CLOSED) != 0;
        if ((flags & REQUEST) != 0) {
            long time = in.readLong();
            state.cursor = in.readLong();
            state.label = state.sampled ? in.readDouble() : 0;
            state.request = new JoinRequest(time, (flags & EXPOSED) != 0, in.readArray());
        }
        long outcomes = in.readLong();
        if (outcomes < 0 || outcomes > MAXIMUM_ENTRIES) {
            throw new IOException("join state: " + outcomes + " outcomes (expected: up to " + MAXIMUM_ENTRIES + ")");
        }
        for (int i = 0; i < outcomes; i++) {
            state.outcomes.add(readOutcome(in));
        }
        return state;
    }

    private static JoinOutcome readOutcome(JoinBytes in) throws IOException {
        int flags = in.readByte();
        long time = in.readLong();
        int partition = (int) in.readLong();
        long offset = in.readLong();
        double value = (flags & VALUE) != 0 ? in.readDouble() : Double.NaN;
        @Nullable String id = (flags & ID) != 0 ? new String(in.readArray(), StandardCharsets.UTF_8) : null;
        byte @Nullable [] content = (flags & CONTENT) != 0 ? in.readArray() : null;
        return new JoinOutcome(time, partition, offset, value, id, (flags & SHOWN) != 0, content);
    }
}
