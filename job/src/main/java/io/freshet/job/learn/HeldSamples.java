package io.freshet.job.learn;

import io.freshet.job.decode.KeyedSample;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.runtime.state.KeyedStateBackend;
import org.apache.flink.runtime.state.VoidNamespace;

/** Samples that may not be learned yet, in keyed state, and the addresses that have some. */
final class HeldSamples {
    private static final String STATE = "waiting";

    private final ListState<KeyedSample> samples;
    private final Set<String> addresses = new LinkedHashSet<>();
    private boolean restored;

    HeldSamples(KeyedStateBackend<String> backend, ListState<KeyedSample> samples) {
        this.samples = samples;
        try (Stream<String> keys = backend.getKeys(STATE, VoidNamespace.INSTANCE)) {
            keys.forEach(addresses::add);
        }
        restored = !addresses.isEmpty();
    }

    boolean isEmpty() {
        return addresses.isEmpty();
    }

    /** Whether there are samples from before a restart that were not looked at yet. */
    boolean isRestored() {
        return restored;
    }

    boolean holds(String address) {
        return addresses.contains(address);
    }

    /** Holds a sample of the current key. */
    void add(KeyedSample keyed) throws Exception {
        samples.add(keyed);
        addresses.add(keyed.address());
    }

    /** Returns the addresses that hold any. */
    List<String> addresses() {
        restored = false;
        return List.copyOf(addresses);
    }

    /** Returns what the current key holds, in order. */
    Iterable<KeyedSample> samples() throws Exception {
        return samples.get();
    }

    /** Puts what is left in the place of what the current key holds. */
    void replace(String address, List<KeyedSample> left) throws Exception {
        samples.update(left);
        if (left.isEmpty()) {
            addresses.remove(address);
        }
    }
}
