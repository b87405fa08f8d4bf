package io.freshet.server;

import io.freshet.learning.features.Lineage;
import io.freshet.learning.predict.Snapshot;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.avro.KeyedBytes;
import io.freshet.schemas.snapshot.SnapshotCodec;
import java.util.Arrays;
import java.util.List;

/** Snapshots as a trainer publishes them, with all parameters equal. The tests of the cli use them too. */
public final class Published {
    static final long WATERMARK = 1_790_000_000_000L;
    private static final SnapshotCodec CODEC = new SnapshotCodec();

    private Published() {}

    /** Returns the records of a snapshot whose parameters are all {@code parameter}. */
    public static List<KeyedBytes> records(
            ModelSpec spec, String key, long version, float parameter, long publishedAt) {
        return CODEC.write(snapshot(spec, key, version, parameter), "freshet.samples", publishedAt, "0.1.0");
    }

    static Snapshot snapshot(ModelSpec spec, String key, long version, float parameter) {
        float[] parameters = new float[spec.parameterCount()];
        Arrays.fill(parameters, parameter);
        Lineage lineage = new Lineage(
                new int[] {0, 3},
                new long[2],
                new long[] {version, 2 * version},
                WATERMARK + version,
                version,
                List.of());
        return new Snapshot(
                spec,
                key,
                version,
                version,
                parameters,
                spec.features().standardizer().start(),
                lineage,
                new long[0],
                null);
    }
}
