package io.freshet.job.join.score;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.stream.Stream;
import org.apache.flink.api.common.state.KeyedStateStore;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeutils.base.array.BytePrimitiveArraySerializer;
import org.apache.flink.runtime.state.KeyedStateBackend;
import org.apache.flink.runtime.state.VoidNamespace;
import org.jspecify.annotations.Nullable;

/**
 * The scores of a subtask's models as keyed state: {@link ModelScores#toBytes} by model. They are few, so all are kept in memory,
 * and the changed ones are written before a checkpoint.
 */
final class StoredScores {
    private static final String NAME = "scores";

    private final KeyedStateBackend<String> backend;
    private final ValueState<byte[]> state;
    private final Set<String> changed = new HashSet<>();

    StoredScores(KeyedStateBackend<String> backend, KeyedStateStore store) {
        this.backend = backend;
        state = store.getState(new ValueStateDescriptor<>(NAME, BytePrimitiveArraySerializer.INSTANCE));
    }

    /** Passes on the scores of each model in the state. Those of a specification that this version refuses stay in the state. */
    void readAll(BiConsumer<String, ModelScores> each) throws IOException {
        List<String> models = new ArrayList<>();
        try (Stream<String> keys = backend.getKeys(NAME, VoidNamespace.INSTANCE)) {
            keys.forEach(models::add);
        }
        for (String model : models) {
            backend.setCurrentKey(model);
            byte[] bytes = state.value();
            ModelScores scores = bytes == null ? null : ModelScores.read(bytes);
            if (scores != null) {
                each.accept(model, scores);
            }
        }
    }

    /** Remembers that the scores of a model have changed, or that it was removed. */
    void changed(String model) {
        changed.add(model);
    }

    /** @param scores of a model; null if it was removed */
    void write(Function<String, @Nullable ModelScores> scores) throws IOException {
        for (String model : changed) {
            backend.setCurrentKey(model);
            ModelScores current = scores.apply(model);
            if (current == null) {
                state.clear();
            } else {
                state.update(current.toBytes());
            }
        }
        changed.clear();
    }
}
