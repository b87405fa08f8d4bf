package io.freshet.server.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.learning.learner.Learner;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.learning.spec.PublishSpec.Lane;
import io.freshet.schemas.avro.KeyedBytes;
import io.freshet.schemas.snapshot.SnapshotCodec;
import io.freshet.schemas.snapshot.SnapshotReader;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Would catch a kind of model or feature that is never served because the synthetic sample does not fit it. */
class WarmUpTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "loss: mean-squared-error, features: {numeric: [a], categorical: [b], tokens: [c], cross: [[b, d]],"
                        + " sparse: [e], dense: [{field: f*, length: 3, standardize: true}], hashBits: 4}",
                "key: k, id: i, weight: w, loss: poisson, model: {type: embedding-mlp, hidden: [4], dimension: 2},"
                        + " features: {numeric: [a], categorical: [b], tokens: [c], cross: [[b, d]], sparse: [e],"
                        + " dense: [{field: f, length: 3}], hashBits: 4}",
                "loss: hinge, model: {type: factorization-machine, rank: 2}, features: {sparse: [e], hashBits: 4}",
                "loss: binary-cross-entropy, model: {type: mlp, hidden: [4]}, features: {dense: {field: f, length: 3}}",
                "loss: huber, features: {time: {field: t, features: [hour]}, hashBits: 8}, when: {exists: other}",
                "loss: sequence-cross-entropy, outputs: 2, model: {type: sequence, steps: 3},"
                        + " features: {dense: [{field: f, length: 2}, {field: g, length: 1}], length: n}",
                "loss: sequence-cross-entropy, outputs: 2, model: {type: sequence, steps: 3},"
                        + " features: {tokens: [c], dense: {field: f, length: 2}, hashBits: 4}"
            })
    void warms_up_and_serves_every_kind_of_model(String fields) throws Exception {
        ModelSpec spec = ModelSpec.parse("{name: m, label: y, " + fields + "}");
        Learner learner = new Learner(spec);
        ModelStore store = new ModelStore();
        SnapshotReader reader = new SnapshotReader();

        for (KeyedBytes record : new SnapshotCodec()
                .write(learner.snapshot(learner.start(), spec.key() == null ? "" : "k1"), "t", 1, "0.1.0")) {
            SnapshotReader.Change change = reader.read(record.key(), record.value());
            assertThat(change).isNotNull();
            assertThat(store.apply(change, Lane.EAGER)).isEqualTo(SwapOutcome.SWAPPED);
        }
    }
}
