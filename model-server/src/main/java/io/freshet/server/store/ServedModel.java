package io.freshet.server.store;

import io.freshet.learning.spec.PublishSpec.Lane;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * The sets of one model: one under the key "", or one for each value of its key field.
 *
 * <p>A swap stores one reference. Sets of a model with keys may have been learned by different specifications while a
 * new one takes hold, but all of them answer alike ({@link ServedSpec#isCompatibleWith}). Read by any thread, written by
 * the store.
 */
public final class ServedModel {
    private final String name;
    private final ConcurrentHashMap<String, ParameterSet> sets = new ConcurrentHashMap<>();
    /** Those that sets were learned by, by hash. Guarded by this, as all writing is. */
    private final Map<String, Shared> specs = new HashMap<>();

    private final LongAdder samples = new LongAdder();
    private final LongAdder parameterBytes = new LongAdder();
    private volatile ServedSpec spec;
    private volatile long publishedAt;
    private volatile long watermark;
    /** Whether the set that had the newest event time is gone, so that the next who asks has to look through all. */
    private volatile boolean watermarkGone;

    /** A specification and how many sets it has. */
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

    /** Returns the specification of a hash, if a set was learned by it, or null. */
    synchronized @Nullable ServedSpec spec(String hash) {
        Shared shared = specs.get(hash);
        return shared == null ? null : shared.spec;
    }

    /** Returns the set of a key, or of "" for a model without keys; null if there is none. */
    public @Nullable ParameterSet set(String key) {
        return sets.get(key);
    }

    /** Returns how many sets there are. */
    public int keys() {
        return sets.size();
    }

    /** Returns how many samples all sets have learned from. */
    public long samples() {
        return samples.sum();
    }

    /** Returns the size of all parameters in memory. */
    public long parameterBytes() {
        return parameterBytes.sum();
    }

    /**
     * Returns the newest event time that a set which is served has learned, milliseconds since 1970, or Long.MIN_VALUE
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

    /** Stores a set that answers like this model; returns false if the one there is as new. */
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

    /** Forgets a key; returns false if it is not known, or came in another lane. */
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

    private void noteWatermark(@Nullable ParameterSet gone, long come) {
        if (come >= watermark) {
            watermark = come;
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
