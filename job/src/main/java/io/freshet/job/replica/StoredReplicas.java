package io.freshet.job.replica;

import io.freshet.job.record.ModelKey;
import io.freshet.job.state.Pages;
import io.freshet.learning.learner.FieldCodec;
import java.io.DataInput;
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
 * The replicas and reducers of a subtask in keyed state: a replica under its model key, a reducer under {@code model/}.
 * They are objects in memory, and are written before a checkpoint: a header as one value, and the state in {@link Pages}, since it may
 * be many times as large as the model.
 */
final class StoredReplicas {
    private static final String STATE = "replicas";
    private static final String PAGES = "replica-pages";
    private static final byte VERSION = 1;

    private final KeyedStateBackend<String> backend;
    private final ValueState<byte[]> headers;
    private final Pages states;

    /**
     * What is stored beside a state.
     *
     * @param origin of the replicas
     * @param merged position in the rounds topic from which on merged points are not in the state
     * @param contributions position from which on contributions are not in the state of the reducer
     * @param isDamaged whether a failure left the state half-updated
     */
    record Header(String origin, long merged, long contributions, boolean isDamaged) {}

    /** A state that was stored. */
    record Stored(Header header, DataInput state) {}

    StoredReplicas(KeyedStateBackend<String> backend, KeyedStateStore store) throws Exception {
        this.backend = backend;
        headers = store.getState(new ValueStateDescriptor<>(STATE, BytePrimitiveArraySerializer.INSTANCE));
        states = new Pages(backend, store, PAGES);
    }

    /** Reads all states of the subtask, by model key. */
    Map<String, Stored> read() throws Exception {
        Map<String, Stored> read = new HashMap<>();
        try (Stream<String> keys = backend.getKeys(STATE, VoidNamespace.INSTANCE)) {
            for (String modelKey : keys.toList()) {
                backend.setCurrentKey(modelKey);
                Header header = readHeader(new DataInputDeserializer(headers.value()));
                read.put(modelKey, new Stored(header, states.read(modelKey)));
            }
        }
        return read;
    }

    private static Header readHeader(DataInput in) throws IOException {
        FieldCodec.readVersion("replicas", VERSION, in);
        return new Header(in.readUTF(), in.readLong(), in.readLong(), in.readBoolean());
    }

    void write(String modelKey, Header header, Pages.Writer state) throws Exception {
        DataOutputSerializer out = new DataOutputSerializer(1 << 7);
        out.writeByte(VERSION);
        out.writeUTF(header.origin());
        out.writeLong(header.merged());
        out.writeLong(header.contributions());
        out.writeBoolean(header.isDamaged());
        backend.setCurrentKey(modelKey);
        headers.update(out.getCopyOfBuffer());
        states.write(state);
    }

    /** Removes the states of a model. */
    void delete(String model) throws Exception {
        List<String> keys;
        try (Stream<String> all = backend.getKeys(STATE, VoidNamespace.INSTANCE)) {
            keys = all.filter(modelKey -> ModelKey.isOf(modelKey, model)).toList();
        }
        for (String modelKey : keys) {
            backend.setCurrentKey(modelKey);
            headers.clear();
            states.clear();
        }
    }
}
