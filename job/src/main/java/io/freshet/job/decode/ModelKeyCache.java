package io.freshet.job.decode;

import io.freshet.job.record.ModelKey;
import io.freshet.learning.features.MurmurHash3;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
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
    private final String[] replicas;

    private final byte[] @Nullable [] keys = new byte[ENTRIES][];
    private final String[] modelKeys = new String[ENTRIES];

    /** @param replicas of the model; 0 for none */
    ModelKeyCache(String model, int replicas) {
        prefix = ModelKey.ofWhole(model);
        this.replicas = new String[replicas];
        for (int i = 0; i < replicas; i++) {
            this.replicas[i] = ModelKey.ofReplica(model, i);
        }
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
        return replicas.length == 0 ? prefix : replicas[partition % replicas.length];
    }
}
