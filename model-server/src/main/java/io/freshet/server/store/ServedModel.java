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
 * <p>A swap stores one reference. While a new specification rolls out, the sets of a keyed model may have different
 * ones, but all are compatible ({@link ServedSpec#isCompatibleWith}). Any thread may read; only the store writes.
 */
public final class ServedModel {
    private final String name;
    private final ConcurrentHashMap<String, ParameterSet> sets = new ConcurrentHashMap<>();
    /** Specifications in use, by hash. Guarded by this, like all writes. */
    private final Map<String, SpecUse> specs = new HashMap<>();

    private final LongAdder samples = new LongAdder();
    private final LongAdder parameterBytes = new LongAdder();
    private volatile ServedSpec spec;
    private volatile long publishedAt;
    private volatile long watermark;
    /** Whether the set with the newest event time was removed, so the next read must search all sets. */
    private volatile boolean watermarkStale;
    /** Created when first needed. */
    private volatile @Nullable ParameterSet zero;

    /** A specification and the number of sets that use it. */
    private record SpecUse(ServedSpec spec, int sets) {}

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
        SpecUse use = specs.get(hash);
        return use == null ? null : use.spec;
    }

    /** Returns the parameter set of a key ("" for a model without a key), or null if it is unknown. */
    public @Nullable ParameterSet set(String key) {
        return sets.get(key);
    }

    /** Returns a set of version 0 with the newest specification, whose parameters are all 0. */
    public ParameterSet zero() {
        ParameterSet known = zero;
        ServedSpec newest = spec;
        if (known == null || known.served() != newest) {
            known = ParameterSet.zero(newest);
            zero = known;
        }
        return known;
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
        return watermarkStale ? findWatermark() : watermark;
    }

    /** Returns when the newest set was published, milliseconds since 1970, UTC. */
    public long publishedAt() {
        return publishedAt;
    }

    boolean empty() {
        return sets.isEmpty();
    }

    /** Stores a set that is compatible with this model; returns false if the current one is as new or newer. */
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
        updateWatermark(known, set.watermark());
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
        updateWatermark(known, Long.MIN_VALUE);
        return true;
    }

    private void updateWatermark(@Nullable ParameterSet removed, long added) {
        if (added >= watermark) {
            watermark = added;
            watermarkStale = false;
        } else if (removed != null && removed.watermark() == watermark) {
            watermarkStale = true;
        }
    }

    private synchronized long findWatermark() {
        if (watermarkStale) {
            watermark = sets.values().stream()
                    .mapToLong(ParameterSet::watermark)
                    .max()
                    .orElse(Long.MIN_VALUE);
            watermarkStale = false;
        }
        return watermark;
    }

    private void count(ParameterSet set, int sign) {
        samples.add(sign * set.version());
        parameterBytes.add(sign * set.parameterBytes());
        ServedSpec served = set.served();
        specs.merge(served.hash(), new SpecUse(served, sign), (known, change) -> {
            int remaining = known.sets + change.sets;
            return remaining == 0 ? null : new SpecUse(known.spec, remaining);
        });
    }
}
