package io.freshet.server.store;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** Sums over the served parameter sets of a model. Any thread may read; only the store writes. */
final class ModelTotals {
    private final Collection<ParameterSet> sets;
    /** Specifications in use, by hash. Guarded by this, like all writes. */
    private final Map<String, SpecUse> specs = new HashMap<>();

    private final LongAdder samples = new LongAdder();
    private final LongAdder parameterBytes = new LongAdder();
    private volatile long watermark = Long.MIN_VALUE;
    /** Whether the set with the newest event time was removed, so the next read must search all sets. */
    private volatile boolean watermarkStale;

    /** A specification and the number of sets that use it. */
    private record SpecUse(ServedSpec spec, int sets) {}

    /** @param sets a view of the served sets */
    ModelTotals(Collection<ParameterSet> sets) {
        this.sets = sets;
    }

    long samples() {
        return samples.sum();
    }

    long parameterBytes() {
        return parameterBytes.sum();
    }

    long watermark() {
        return watermarkStale ? findWatermark() : watermark;
    }

    /** Returns the specification with a hash, or null if no served set uses it. */
    synchronized @Nullable ServedSpec spec(String hash) {
        SpecUse use = specs.get(hash);
        return use == null ? null : use.spec;
    }

    /** Counts a change of the served sets, which was made before. */
    synchronized void replaced(@Nullable ParameterSet removed, @Nullable ParameterSet added) {
        if (added != null) {
            count(added, 1);
        }
        if (removed != null) {
            count(removed, -1);
        }
        if (added != null && added.watermark() >= watermark) {
            watermark = added.watermark();
            watermarkStale = false;
        } else if (removed != null && removed.watermark() == watermark) {
            watermarkStale = true;
        }
    }

    private synchronized long findWatermark() {
        if (watermarkStale) {
            watermark = sets.stream().mapToLong(ParameterSet::watermark).max().orElse(Long.MIN_VALUE);
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
