package io.freshet.job.replica;

import io.freshet.job.record.ModelKey;
import io.freshet.learning.learner.LearnerState;
import io.freshet.learning.replica.ReducerState;
import io.freshet.learning.replica.ReducerStateCodec;
import io.freshet.learning.replica.ReplicaState;
import io.freshet.learning.replica.ReplicaStateCodec;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.flink.api.common.state.KeyedStateStore;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeutils.base.array.BytePrimitiveArraySerializer;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.flink.runtime.state.KeyedStateBackend;
import org.apache.flink.runtime.state.VoidNamespace;

/**
 * The replicas and reducers of a subtask in keyed state: a replica under {@code model/replica}, a reducer under {@code model/}.
 * They are objects in memory, and are written before a checkpoint.
 */
final class StoredReplicas {
    private static final String STATE = "replicas";
    private static final byte VERSION = 1;

    private final KeyedStateBackend<String> backend;
    private final ValueState<byte[]> states;

    /**
     * What is stored beside a state.
     *
     * @param origin of the replicas
     * @param position in the rounds topic from which on records are not in the state
     * @param isDamaged whether a failure left the state half-updated
     */
    record Header(String origin, long position, boolean isDamaged) {}

    StoredReplicas(KeyedStateBackend<String> backend, KeyedStateStore store) throws Exception {
        this.backend = backend;
        states = store.getState(new ValueStateDescriptor<>(STATE, BytePrimitiveArraySerializer.INSTANCE));
    }

    /** Reads all states of the subtask, by model key. */
    Map<String, DataInput> read() throws Exception {
        Map<String, DataInput> read = new HashMap<>();
        try (Stream<String> keys = backend.getKeys(STATE, VoidNamespace.INSTANCE)) {
            for (String modelKey : keys.toList()) {
                backend.setCurrentKey(modelKey);
                DataInputDeserializer in = new DataInputDeserializer(states.value());
                byte version = in.readByte();
                if (version != VERSION) {
                    throw new IOException("replicas: version " + version + " (expected: " + VERSION + ")");
                }
                read.put(modelKey, in);
            }
        }
        return read;
    }

    static Header readHeader(DataInput in) throws IOException {
        return new Header(in.readUTF(), in.readLong(), in.readBoolean());
    }

    static ReplicaState readReplica(DataInput in) throws IOException {
        return ReplicaStateCodec.read(in);
    }

    static ReducerState readReducer(LearnerState merged, DataInput in) throws IOException {
        return ReducerStateCodec.read(merged, in);
    }

    void write(String modelKey, Header header, ReplicaState state) throws Exception {
        write(modelKey, header, out -> ReplicaStateCodec.write(state, out));
    }

    void write(String modelKey, Header header, ReducerState state) throws Exception {
        write(modelKey, header, out -> ReducerStateCodec.write(state, out));
    }

    private interface Writer {
        void write(DataOutput out) throws IOException;
    }

    private void write(String modelKey, Header header, Writer state) throws Exception {
        DataOutputSerializer out = new DataOutputSerializer(1 << 12);
        out.writeByte(VERSION);
        out.writeUTF(header.origin());
        out.writeLong(header.position());
        out.writeBoolean(header.isDamaged());
        state.write(out);
        backend.setCurrentKey(modelKey);
        states.update(out.getCopyOfBuffer());
    }

    /** Removes the states of a model. */
    void delete(String model) throws Exception {
        List<String> keys;
        try (Stream<String> all = backend.getKeys(STATE, VoidNamespace.INSTANCE)) {
            keys = all.filter(modelKey -> ModelKey.isOf(modelKey, model)).toList();
        }
        for (String modelKey : keys) {
            backend.setCurrentKey(modelKey);
            states.clear();
        }
    }
}
