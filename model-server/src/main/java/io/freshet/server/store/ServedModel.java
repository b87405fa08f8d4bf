package io.freshet.server.store;

import io.freshet.learning.spec.PublishSpec.Lane;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * The parameter sets of one model: one under the key "", or one per value of its key field.
 *
 * <p>A swap stores one reference. Sets of a model with keys may have different specifications while a
 * new one spreads, but all of them are compatible ({@link ServedSpec#isCompatibleWith}). Read by any thread, written by
 * the store.
 */
public final class ServedModel {
    private final String name;
    private final ConcurrentHashMap<String, ParameterSet> sets = new ConcurrentHashMap<>();
    /** Specifications in use, by hash. Guarded by this, like all writes. */
    private final Map<String, Shared> specs = new HashMap<>();

    private final LongAdder samples = new LongAdder();
    private final LongAdder parameterBytes = new LongAdder();
    private volatile ServedSpec spec;
    private volatile long publishedAt;
    private volatile long watermark;
    /** Whether the set with the newest event time is gone, so the next read has to search all sets. */
    private volatile boolean watermarkGone;

    /** A specification and the number of sets that use it. */
    private record Shared(ServedSpec spec, int sets) {}

    ServedModel(ParameterSet first) {
        name = first.snapshot().spec().name();
        spec = first.served();
        publishedAt = first.published().publishedAt();
        watermark = first.watermark();
        put(first);
    }

    public String name() {
        return name;
    }

    /** Returns the newest specification. */
    public ServedSpec spec() {
        return spec;
    }

    /** Returns the specification with a hash, or null if no set uses it. */
    synchronized @Nullable ServedSpec spec(String hash) {
        Shared shared = specs.get(hash);
        return shared == null ? null : shared.spec;
    }

    /** Returns the set of a key, or of "" for a model without keys; null if there is none. */
    public @Nullable ParameterSet set(String key) {
        return sets.get(key);
    }

    /** Returns the number of sets. */
    public int keys() {
        return sets.size();
    }

    /** Returns the number of samples learned, over all sets. */
    public long samples() {
        return samples.sum();
    }

    /** Returns the size of all parameters in memory. */
    public long parameterBytes() {
        return parameterBytes.sum();
    }

    /**
     * Returns the newest event time learned by a served set, milliseconds since 1970, or Long.MIN_VALUE
     * before the first sample.
     */
    public long watermark() {
        return watermarkGone ? findWatermark() : watermark;
    }

    /** Returns when the newest set was published, milliseconds since 1970, UTC. */
    public long publishedAt() {
        return publishedAt;
    }

    boolean empty() {
        return sets.isEmpty();
    }

    /** Stores a set that is compatible with this model; returns false if the current one is as new. */
    synchronized boolean put(ParameterSet set) {
        String key = set.snapshot().key();
        ParameterSet known = sets.get(key);
        if (known != null && !set.replaces(known)) {
            return false;
        }
        sets.put(key, set);
        count(set, 1);
        if (known != null) {
            count(known, -1);
        }
        noteWatermark(known, set.watermark());
        if (set.published().publishedAt() >= publishedAt) {
            publishedAt = set.published().publishedAt();
            spec = set.served();
        }
        return true;
    }

    /** Removes a key; returns false if it is unknown or is from another lane. */
    synchronized boolean remove(String key, Lane lane) {
        ParameterSet known = sets.get(key);
        if (known == null || known.lane() != lane) {
            return false;
        }
        sets.remove(key);
        count(known, -1);
        noteWatermark(known, Long.MIN_VALUE);
        return true;
    }

    private void noteWatermark(@Nullable ParameterSet gone, long added) {
        if (added >= watermark) {
            watermark = added;
            watermarkGone = false;
        } else if (gone != null && gone.watermark() == watermark) {
            watermarkGone = true;
        }
    }

    private synchronized long findWatermark() {
        if (watermarkGone) {
            watermark = sets.values().stream()
                    .mapToLong(ParameterSet::watermark)
                    .max()
                    .orElse(Long.MIN_VALUE);
            watermarkGone = false;
        }
        return watermark;
    }

    private void count(ParameterSet set, int sign) {
        samples.add(sign * set.version());
        parameterBytes.add(sign * set.parameterBytes());
        ServedSpec served = set.served();
        specs.merge(served.hash(), new Shared(served, sign), (known, change) -> {
            int left = known.sets + change.sets;
            return left == 0 ? null : new Shared(known.spec, left);
        });
    }
}
