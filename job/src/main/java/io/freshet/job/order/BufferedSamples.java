package io.freshet.job.order;

import io.freshet.job.record.KeyedSample;
import io.freshet.job.record.KeyedSampleSerializer;
import io.freshet.learning.spec.ModelSpec;
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
 * Samples that may not be learned yet, in keyed state, and the addresses that have some. With them is what they were
 * encoded by: before they are learned there may be a newer specification of their model, and that is all that a recovery
 * finds elsewhere.
 */
public final class BufferedSamples {
    private static final String STATE = "waiting";

    private final KeyedStateBackend<String> backend;
    private final ListState<KeyedSample> samples;
    /** Specifications as YAML, by their number. */
    private final MapState<Long, String> specs;
    /** How many each holds; 0 of those from before a restart, until they were looked at. */
    private final Map<String, Integer> counts = new LinkedHashMap<>();

    private int count;
    private boolean restored;

    public BufferedSamples(KeyedStateBackend<String> backend, KeyedStateStore store) {
        this.backend = backend;
        samples = store.getListState(new ListStateDescriptor<>(STATE, new KeyedSampleSerializer()));
        specs = store.getMapState(
                new MapStateDescriptor<>("waiting-for", LongSerializer.INSTANCE, StringSerializer.INSTANCE));
        try (Stream<String> keys = backend.getKeys(STATE, VoidNamespace.INSTANCE)) {
            keys.forEach(address -> counts.put(address, 0));
        }
        restored = !counts.isEmpty();
    }

    /** Returns what the samples from before a restart were encoded by. */
    public List<ModelSpec> specs() throws Exception {
        Set<String> yamls = new LinkedHashSet<>();
        for (String address : counts.keySet()) {
            backend.setCurrentKey(address);
            specs.values().forEach(yamls::add);
        }
        return yamls.stream().map(ModelSpec::parse).toList();
    }

    public boolean isEmpty() {
        return counts.isEmpty();
    }

    /** Returns how many samples there are, but for those from before a restart that were not looked at yet. */
    public int count() {
        return count;
    }

    /** Whether there are samples from before a restart that were not looked at yet. */
    public boolean isRestored() {
        return restored;
    }

    public boolean holds(String address) {
        return counts.containsKey(address);
    }

    /**
     * Holds a sample of the current key.
     *
     * @param spec that it was encoded by, or null if that has not come yet
     */
    public void add(KeyedSample keyed, @Nullable ModelSpec spec) throws Exception {
        samples.add(keyed);
        if (spec != null && !specs.contains(keyed.spec())) {
            specs.put(keyed.spec(), spec.toYaml());
        }
        counts.merge(keyed.modelKey(), 1, Integer::sum);
        count++;
    }

    /** Returns the addresses that hold any. */
    public List<String> addresses() {
        restored = false;
        return List.copyOf(counts.keySet());
    }

    /** Returns what the current key holds, in order. */
    public Iterable<KeyedSample> samples() throws Exception {
        return samples.get();
    }

    /** Puts what is left in the place of what the current key holds. */
    public void replace(String address, List<KeyedSample> left) throws Exception {
        samples.update(left);
        if (left.isEmpty()) {
            specs.clear();
        }
        Integer before = left.isEmpty() ? counts.remove(address) : counts.put(address, left.size());
        count += left.size() - (before == null ? 0 : before);
    }

    /** Forgets what is held for a model. */
    public void delete(String model) throws Exception {
        for (String address : List.copyOf(counts.keySet())) {
            if (address.startsWith(model + "/")) {
                backend.setCurrentKey(address);
                replace(address, List.of());
            }
        }
    }
}
