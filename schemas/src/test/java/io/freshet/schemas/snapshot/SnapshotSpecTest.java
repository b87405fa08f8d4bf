package io.freshet.schemas.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.learning.features.Lineage;
import io.freshet.learning.predict.Snapshot;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.avro.KeyedBytes;
import io.freshet.schemas.avro.MalformedRecordException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Would catch a snapshot read with another one's specification, and a cache that fills the memory. */
class SnapshotSpecTest {
    private static final String YAML =
            "{name: m, label: y, key: k, loss: mean-squared-error, features: {numeric: [a]}, seed: %d}";

    private final SnapshotCodec codec = new SnapshotCodec();
    private final SnapshotReader reader = new SnapshotReader();

    @Test
    void the_keys_of_a_model_share_their_specification() throws Exception {
        ModelSpec a = read(1, "a");

        assertThat(read(1, "b")).isSameAs(a);
        assertThat(read(2, "c")).isNotEqualTo(a);
    }

    /** More than the cache keeps. */
    @Test
    void a_flood_of_specifications_is_not_mixed_up() throws Exception {
        for (int seed = 0; seed < 1_100; seed++) {
            assertThat(read(seed, "a").seed()).isEqualTo(seed);
        }
    }

    @Test
    void an_invalid_specification_is_rejected_every_time() {
        io.freshet.wire.Snapshot manifest = io.freshet.wire.Snapshot.newBuilder()
                .setSpec("{name: m}")
                .setChanges(List.of())
                .setUndone(List.of())
                .setOrder(List.of())
                .build();
        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(() -> codec.manifests().read(manifest))
                    .isInstanceOf(MalformedRecordException.class)
                    .hasMessageStartingWith("spec: ");
        }
    }

    private ModelSpec read(int seed, String key) throws MalformedRecordException {
        ModelSpec spec = ModelSpec.parse(YAML.formatted(seed));
        Snapshot snapshot =
                new Snapshot(spec, key, 1, 1, new float[2], new double[3], new Lineage(), new long[0], null);
        KeyedBytes record = codec.write(snapshot, "samples", 1, "0.1.0").get(0);
        return reader.read(record.key(), record.value()).snapshot().snapshot().spec();
    }
}
