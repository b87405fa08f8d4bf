package io.freshet.job.learn;

import io.freshet.job.record.KeyedSample;
import io.freshet.job.record.KeyedSampleSerializer;
import io.freshet.job.record.ModelKey;
import io.freshet.job.specs.RefusedSpec;
import io.freshet.job.specs.StoredSpec;
import io.freshet.learning.spec.ModelSpec;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.flink.api.common.state.KeyedStateStore;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeutils.base.LongSerializer;
import org.apache.flink.api.common.typeutils.base.StringSerializer;
import org.apache.flink.runtime.state.KeyedStateBackend;
import org.apache.flink.runtime.state.VoidNamespace;
import org.jspecify.annotations.Nullable;

/**
 * Keyed state of samples that wait for a pending specification.
 *
 * <p>The state includes the specifications that the samples were encoded with: a newer one may replace them before the samples
 * are learned, and a recovery would not find them elsewhere.
 */
public final class BufferedSamples {
    private static final String STATE = "waiting";

    private final KeyedStateBackend<String> backend;
    private final ListState<KeyedSample> samples;
    /** Specifications as YAML, by their hash. */
    private final MapState<Long, String> specs;
    /** Number of samples by model key; 0 for restored samples that have not been read. */
    private final Map<String, Integer> counts = new LinkedHashMap<>();

    private int count;
    private boolean restored;

    public BufferedSamples(KeyedStateBackend<String> backend, KeyedStateStore store) {
        this.backend = backend;
        samples = store.getListState(new ListStateDescriptor<>(STATE, new KeyedSampleSerializer()));
        specs = store.getMapState(
                new MapStateDescriptor<>("waiting-for", LongSerializer.INSTANCE, StringSerializer.INSTANCE));
        try (Stream<String> keys = backend.getKeys(STATE, VoidNamespace.INSTANCE)) {
            keys.forEach(modelKey -> counts.put(modelKey, 0));
        }
        restored = !counts.isEmpty();
    }

    /** Returns the specifications that the restored samples were encoded with. */
    public List<ModelSpec> specs() throws Exception {
        Set<String> yamls = new LinkedHashSet<>();
        for (String modelKey : counts.keySet()) {
            backend.setCurrentKey(modelKey);
            specs.values().forEach(yamls::add);
        }
        return StoredSpec.accepted(yamls);
    }

    /** Returns the specifications that the restored samples were encoded with, and that this version refuses. */
    public Set<RefusedSpec> refused() throws Exception {
        Set<RefusedSpec> refused = new LinkedHashSet<>();
        for (String modelKey : counts.keySet()) {
            backend.setCurrentKey(modelKey);
            for (Map.Entry<Long, String> spec : specs.entries()) {
                String reason = StoredSpec.refusal(spec.getValue());
                if (reason != null) {
                    String hash = HexFormat.of().toHexDigits(spec.getKey());
                    refused.add(new RefusedSpec(ModelKey.model(modelKey), hash, reason));
                }
            }
        }
        return refused;
    }

    public boolean isEmpty() {
        return counts.isEmpty();
    }

    /** Returns the number of samples, not counting restored ones that have not been read. */
    public int count() {
        return count;
    }

    /** Returns whether there are restored samples that have not been read. */
    public boolean isRestored() {
        return restored;
    }

    public boolean contains(String modelKey) {
        return counts.containsKey(modelKey);
    }

    /**
     * Buffers a sample of the current key.
     *
     * @param spec specification that the sample was encoded with, or null if not received yet
     */
    public void add(KeyedSample keyed, @Nullable ModelSpec spec) throws Exception {
        samples.add(keyed);
        if (spec != null && !specs.contains(keyed.spec())) {
            specs.put(keyed.spec(), spec.toYaml());
        }
        counts.merge(keyed.modelKey(), 1, Integer::sum);
        count++;
    }

    /** Returns the model keys with buffered samples. */
    public List<String> modelKeys() {
        restored = false;
        return List.copyOf(counts.keySet());
    }

    /** Makes a model key the current key, and returns its samples, in order. */
    public Iterable<KeyedSample> samples(String modelKey) throws Exception {
        backend.setCurrentKey(modelKey);
        return samples.get();
    }

    /** Makes a model key the current key, and replaces its samples. */
    public void replace(String modelKey, List<KeyedSample> remaining) throws Exception {
        backend.setCurrentKey(modelKey);
        samples.update(remaining);
        if (remaining.isEmpty()) {
            specs.clear();
        }
        Integer before = remaining.isEmpty() ? counts.remove(modelKey) : counts.put(modelKey, remaining.size());
        count += remaining.size() - (before == null ? 0 : before);
    }

    /** Drops the samples of a model. */
    public void delete(String model) throws Exception {
        for (String modelKey : List.copyOf(counts.keySet())) {
            if (ModelKey.isOf(modelKey, model)) {
                replace(modelKey, List.of());
            }
        }
    }
}
