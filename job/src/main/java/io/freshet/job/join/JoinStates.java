package io.freshet.job.join;

import io.freshet.learning.join.JoinState;
import io.freshet.learning.join.JoinStateCodec;
import java.io.IOException;
import java.util.Arrays;
import java.util.function.Consumer;
import org.apache.flink.api.common.state.KeyedStateStore;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.flink.runtime.state.KeyedStateBackend;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.streaming.api.operators.InternalTimerService;
import org.jspecify.annotations.Nullable;

/**
 * The states of all ids: for each, the bytes of {@link JoinStateCodec}, and a timer at the next event time at which something is
 * due. A record costs one read, one write if the state changes, and a timer if that time changes.
 */
final class JoinStates {
    private final ValueStateDescriptor<byte[]> descriptor =
            new ValueStateDescriptor<>("join", PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO);

    private final KeyedStateBackend<String> backend;
    private final ValueState<byte[]> state;
    private final InternalTimerService<VoidNamespace> timers;
    /** Holds one state at a time. */
    private final DataOutputSerializer buffer = new DataOutputSerializer(512);

    private final RecentStates recent = new RecentStates();
    /** The state of the current key when it was read. */
    private byte @Nullable [] before;

    JoinStates(KeyedStateBackend<String> backend, KeyedStateStore store, InternalTimerService<VoidNamespace> timers) {
        this.backend = backend;
        this.state = store.getState(descriptor);
        this.timers = timers;
    }

    /** Changes the state of the current key. */
    void update(ModelJoin join, Consumer<JoinState> change) throws IOException {
        JoinState read = read();
        change.accept(read);
        store(join, read);
    }

    /** Changes the state of the current key after its timer fired. */
    void fire(ModelJoin join, long time, Consumer<JoinState> change) throws IOException {
        JoinState read = read();
        if (read.timer() == time) {
            read.setTimer(JoinState.NO_TIMER);
        }
        change.accept(read);
        store(join, read);
    }

    /** Sets a later timer for the current key after its timer fired. */
    void postpone(long time) throws IOException {
        JoinState read = read();
        if (!read.isEmpty()) {
            timers.registerEventTimeTimer(VoidNamespace.INSTANCE, time);
            read.setTimer(time);
            write(bytes(read));
        }
    }

    private JoinState read() throws IOException {
        before = recent.get(backend.getCurrentKey());
        if (before == null) {
            before = state.value();
        }
        return before == null ? new JoinState() : JoinStateCodec.read(new DataInputDeserializer(before));
    }

    private byte[] bytes(JoinState written) throws IOException {
        buffer.clear();
        JoinStateCodec.write(written, buffer);
        return buffer.getCopyOfBuffer();
    }

    private void store(ModelJoin join, JoinState changed) throws IOException {
        long timer = changed.timer();
        long next = join.nextTime(changed);
        changed.setTimer(next);
        // From here on, nothing depends on the model, whose faults must leave timers and state as they were.
        byte[] bytes = changed.isEmpty() ? null : bytes(changed);
        if (next != timer) {
            if (timer != JoinState.NO_TIMER) {
                timers.deleteEventTimeTimer(VoidNamespace.INSTANCE, timer);
            }
            if (next != JoinState.NO_TIMER) {
                timers.registerEventTimeTimer(VoidNamespace.INSTANCE, next);
            }
        }
        if (bytes == null) {
            remove();
        } else {
            write(bytes);
        }
    }

    private void write(byte[] bytes) throws IOException {
        if (!Arrays.equals(bytes, before)) {
            state.update(bytes);
        }
        recent.put(backend.getCurrentKey(), bytes);
    }

    /** Forgets the current key. */
    void clear() throws IOException {
        long timer = read().timer();
        if (timer != JoinState.NO_TIMER) {
            timers.deleteEventTimeTimer(VoidNamespace.INSTANCE, timer);
        }
        remove();
    }

    private void remove() {
        if (before != null) {
            state.clear();
            recent.remove(backend.getCurrentKey());
        }
    }
}
