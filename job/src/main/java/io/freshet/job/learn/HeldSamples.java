package io.freshet.job.learn;

import io.freshet.job.decode.KeyedSample;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.runtime.state.KeyedStateBackend;
import org.apache.flink.runtime.state.VoidNamespace;

/** Samples that may not be learned yet, in keyed state, and the addresses that have some. */
final class HeldSamples {
    private static final String STATE = "waiting";

    private final ListState<KeyedSample> samples;
    /** How many each holds; 0 of those from before a restart, until they were looked at. */
    private final Map<String, Integer> counts = new LinkedHashMap<>();

    private int count;
    private boolean restored;

    HeldSamples(KeyedStateBackend<String> backend, ListState<KeyedSample> samples) {
        this.samples = samples;
        try (Stream<String> keys = backend.getKeys(STATE, VoidNamespace.INSTANCE)) {
            keys.forEach(address -> counts.put(address, 0));
        }
        restored = !counts.isEmpty();
    }

    boolean isEmpty() {
        return counts.isEmpty();
    }

    /** Returns how many samples there are, but for those from before a restart that were not looked at yet. */
    int count() {
        return count;
    }

    /** Whether there are samples from before a restart that were not looked at yet. */
    boolean isRestored() {
        return restored;
    }

    boolean holds(String address) {
        return counts.containsKey(address);
    }

    /** Holds a sample of the current key. */
    void add(KeyedSample keyed) throws Exception {
        samples.add(keyed);
        counts.merge(keyed.address(), 1, Integer::sum);
        count++;
    }

    /** Returns the addresses that hold any. */
    List<String> addresses() {
        restored = false;
        return List.copyOf(counts.keySet());
    }

    /** Returns what the current key holds, in order. */
    Iterable<KeyedSample> samples() throws Exception {
        return samples.get();
    }

    /** Puts what is left in the place of what the current key holds. */
    void replace(String address, List<KeyedSample> left) throws Exception {
        samples.update(left);
        Integer before = left.isEmpty() ? counts.remove(address) : counts.put(address, left.size());
        count += left.size() - (before == null ? 0 : before);
    }
}
