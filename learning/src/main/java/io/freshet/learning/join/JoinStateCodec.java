package io.freshet.learning.join;

import io.freshet.learning.learner.FieldCodec;
import io.freshet.learning.learner.FlatArrays;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of a {@link JoinState}: a version, flags, the incarnation, the timer, the request, and the outcomes. Integers are written in as few
 * bytes as they need.
 */
public final class JoinStateCodec {
    private static final byte VERSION = 1;

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

    private JoinStateCodec() {}

    public static void write(JoinState state, DataOutput out) throws IOException {
        JoinRequest request = state.request;
        out.writeByte(VERSION);
        out.writeByte((request != null ? REQUEST : 0)
                | (request != null && request.exposed() ? EXPOSED : 0)
                | (state.sampled ? SAMPLED : 0)
                | (state.open ? OPEN : 0)
                | (state.closed ? CLOSED : 0)
                | (state.timer() != JoinState.NO_TIMER ? TIMER : 0));
        FlatArrays.writeVarlong(state.incarnation(), out);
        if (state.timer() != JoinState.NO_TIMER) {
            FlatArrays.writeVarlong(state.timer(), out);
        }
        if (request != null) {
            FlatArrays.writeVarlong(request.time(), out);
            FlatArrays.writeVarlong(state.cursor, out);
            if (state.sampled) {
                out.writeDouble(state.label);
            }
            writeArray(request.content(), out);
        }
        FlatArrays.writeVarint(state.outcomes.size(), out);
        for (JoinOutcome outcome : state.outcomes) {
            write(outcome, out);
        }
    }

    private static void write(JoinOutcome outcome, DataOutput out) throws IOException {
        String id = outcome.outcomeId();
        byte[] content = outcome.content();
        out.writeByte((outcome.hasValue() ? VALUE : 0)
                | (id != null ? ID : 0)
                | (outcome.exposed() ? SHOWN : 0)
                | (content != null ? CONTENT : 0));
        FlatArrays.writeVarlong(outcome.time(), out);
        FlatArrays.writeVarlong(outcome.partition(), out);
        FlatArrays.writeVarlong(outcome.offset(), out);
        if (outcome.hasValue()) {
            out.writeDouble(outcome.value());
        }
        if (id != null) {
            writeArray(id.getBytes(StandardCharsets.UTF_8), out);
        }
        if (content != null) {
            writeArray(content, out);
        }
    }

    /** @throws IOException if the bytes are not a state, or one of another version */
    public static JoinState read(DataInput in) throws IOException {
        FieldCodec.readVersion("join state", VERSION, in);
        JoinState state = new JoinState();
        int flags = in.readByte();
        state.setIncarnation(FlatArrays.readVarlong(in));
        if ((flags & TIMER) != 0) {
            state.setTimer(FlatArrays.readVarlong(in));
        }
        state.sampled = (flags & SAMPLED) != 0;
        state.open = (flags & OPEN) != 0;
        state.closed = (flags & CLOSED) != 0;
        if ((flags & REQUEST) != 0) {
            long time = FlatArrays.readVarlong(in);
            state.cursor = FlatArrays.readVarlong(in);
            state.label = state.sampled ? in.readDouble() : 0;
            state.request = new JoinRequest(time, (flags & EXPOSED) != 0, readArray(in));
        }
        int outcomes = FlatArrays.readVarint(in);
        if (outcomes > MAXIMUM_ENTRIES) {
            throw new IOException("join state: " + outcomes + " outcomes (expected: up to " + MAXIMUM_ENTRIES + ")");
        }
        for (int i = 0; i < outcomes; i++) {
            state.outcomes.add(readOutcome(in));
        }
        return state;
    }

    private static JoinOutcome readOutcome(DataInput in) throws IOException {
        int flags = in.readByte();
        long time = FlatArrays.readVarlong(in);
        int partition = (int) FlatArrays.readVarlong(in);
        long offset = FlatArrays.readVarlong(in);
        double value = (flags & VALUE) != 0 ? in.readDouble() : Double.NaN;
        @Nullable String id = (flags & ID) != 0 ? new String(readArray(in), StandardCharsets.UTF_8) : null;
        byte @Nullable [] content = (flags & CONTENT) != 0 ? readArray(in) : null;
        return new JoinOutcome(time, partition, offset, value, id, (flags & SHOWN) != 0, content);
    }

    private static void writeArray(byte[] array, DataOutput out) throws IOException {
        FlatArrays.writeVarint(array.length, out);
        out.write(array);
    }

    private static byte[] readArray(DataInput in) throws IOException {
        return FlatArrays.readBytes(FlatArrays.readVarint(in), in);
    }
}
