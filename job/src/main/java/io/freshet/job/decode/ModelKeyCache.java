package io.freshet.job.decode;

import io.freshet.job.record.ModelKey;
import io.freshet.learning.features.MurmurHash3;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Converts the bytes of a key to a model key, usually without creating a string. A direct-mapped cache remembers the last key
 * in each of {@value #ENTRIES} entries.
 */
final class ModelKeyCache {
    private static final int ENTRIES = 1 << 12;

    /** {@code model/}, which is also the model key of a model without a key field. */
    private final String prefix;

    /** The model key of each replica. */
    private final List<String> replicas;

    private final byte[] @Nullable [] keys = new byte[ENTRIES][];
    private final String[] modelKeys = new String[ENTRIES];

    /** @param replicas model keys of the replicas; empty for none */
    ModelKeyCache(String model, List<String> replicas) {
        prefix = ModelKey.ofWhole(model);
        this.replicas = replicas;
    }

    /** Returns the model key for the key {@code bytes[from, to)}. */
    String of(byte[] bytes, int from, int to) {
        int entry = MurmurHash3.hash(bytes, from, to, 0) & (ENTRIES - 1);
        byte[] cached = keys[entry];
        if (cached == null || !Arrays.equals(cached, 0, cached.length, bytes, from, to)) {
            keys[entry] = Arrays.copyOfRange(bytes, from, to);
            modelKeys[entry] = prefix + new String(bytes, from, to - from, StandardCharsets.UTF_8);
        }
        return modelKeys[entry];
    }

    /** Returns the model key of the samples of a partition, in a model without a key field. */
    String ofPartition(int partition) {
        return replicas.isEmpty() ? prefix : replicas.get(partition % replicas.size());
    }
}
