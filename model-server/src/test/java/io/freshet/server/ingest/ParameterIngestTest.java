package io.freshet.server.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.learning.features.Lineage;
import io.freshet.learning.model.Parameters;
import io.freshet.learning.predict.Snapshot;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.learning.spec.PublishSpec.Lane;
import io.freshet.schemas.avro.KeyedBytes;
import io.freshet.schemas.avro.MalformedRecordException;
import io.freshet.schemas.facts.LatestEvaluations;
import io.freshet.schemas.facts.SignsOfLife;
import io.freshet.schemas.kafka.ParameterKey;
import io.freshet.schemas.snapshot.SnapshotCodec;
import io.freshet.server.metrics.ModelConditions;
import io.freshet.server.metrics.ServerMetrics;
import io.freshet.server.store.ModelStore;
import io.freshet.server.store.Refusals;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ParameterIngestTest {
    private static final long NOW = 1_700_000_000_000L;
    private static final ModelSpec SMALL = ModelSpec.parse(
            "{name: m, label: y, loss: mean-squared-error, features: {numeric: [a], standardize: true}}");
    private static final ModelSpec LARGE = ModelSpec.parse(
            "{name: m, label: y, loss: mean-squared-error, features: {categorical: [c], hashBits: 18}}");

    private final AtomicLong now = new AtomicLong(NOW);
    private final ModelStore store = new ModelStore();
    private final LatestEvaluations evaluations = new LatestEvaluations();
    private final ServerMetrics metrics = new ServerMetrics(
            store, evaluations, new ModelConditions(store, evaluations, new SignsOfLife()), InstantSource.system());
    private final Refusals refusals = store.refusals();
    private final ParameterIngest ingest =
            new ParameterIngest(Lane.EAGER, store, metrics, List.of(), () -> Instant.ofEpochMilli(now.get()));

    @AfterEach
    void close() {
        metrics.close();
    }

    @Test
    void a_large_snapshot_is_served_once_it_is_complete() throws Exception {
        List<KeyedBytes> records = records(snapshot(LARGE, "", 1, new float[LARGE.parameterCount()], new double[1]));
        assertThat(records).hasSizeGreaterThan(2);

        for (KeyedBytes record : records) {
            assertThat(store.isEmpty()).isTrue();
            ingest.accept(record.key(), record.value(), 0);
        }
        assertThat(store.model("m").set("").version()).isEqualTo(1);
    }

    @Test
    void an_incomplete_snapshot_is_not_served() throws Exception {
        List<KeyedBytes> records = records(snapshot(LARGE, "", 1, new float[LARGE.parameterCount()], new double[1]));
        for (KeyedBytes record : records.subList(1, records.size())) {
            ingest.accept(record.key(), record.value(), 0);
        }
        assertThat(store.isEmpty()).isTrue();
    }

    @Test
    void rejects_an_invalid_snapshot_with_a_reason_and_keeps_the_previous_one() throws Exception {
        accept(snapshot(SMALL, "", 1, new float[2], new double[3]));

        assertRejected(
                snapshot(SMALL, "", 2, new float[] {0, Float.NaN}, new double[3]),
                "parameters[1]: NaN (expected: finite)");
        assertRejected(
                snapshot(SMALL, "", 2, new float[2], new double[] {1, Double.POSITIVE_INFINITY, 0}),
                "moments: Infinity (expected: finite)");
        assertRejected(snapshot(SMALL, "", 2, new float[2], new double[1]), "moments: 1 (expected: 3)");
        assertRejected(limited(Double.POSITIVE_INFINITY), "labelRange: Infinity (expected: finite)");
        assertRejected(
                snapshot(SMALL, "x", 2, new float[2], new double[3]),
                "key: x (expected: none, the model has no key field)");
        assertRejected(snapshot(SMALL, "", 2, new float[5], new double[3]), "parameterCount: 5 (expected: 2)");
        byte[] value = records(snapshot(SMALL, "", 2, new float[2], new double[3]))
                .get(0)
                .value();
        assertRejected(ParameterKey.snapshot("other", "").toBytes(), value, "model: m (expected: other)");
        assertRejected(ParameterKey.snapshot("m", "k").toBytes(), value, "key:  (expected: k)");
        assertRejected(ParameterKey.snapshot("m", "").toBytes(), new byte[] {1, 2, 3}, "value: ");
        assertRejected(null, value, "key: none (expected: model/key or model#block/key)");

        assertThat(store.names()).containsExactly("m");
        assertThat(store.model("m").set("").version()).isEqualTo(1);
        assertThat(metrics.scrape())
                .contains("freshet_swaps_total{model=\"m\",result=\"broken\"} 8.0")
                .contains("freshet_swaps_total{model=\"unknown\",result=\"broken\"} 2.0");
    }

    @Test
    void a_number_that_is_not_finite_is_found_in_each_snapshot_until_it_is_replaced() throws Exception {
        SnapshotCodec codec = new SnapshotCodec();
        float[] parameters = new float[LARGE.parameterCount()];
        accept(snapshot(LARGE, "", 1, parameters, new double[1]));
        int wrong = 3 * (1 << 14) + 5;
        parameters[wrong] = Float.NaN;
        long[] versions = new long[17];
        Arrays.fill(versions, 1);
        versions[3] = 2;
        List<KeyedBytes> second = changed(codec, parameters, 2, versions);
        versions[0] = 3;
        List<KeyedBytes> third = changed(codec, parameters, 3, versions);
        parameters[wrong] = 7;
        versions[3] = 4;
        List<KeyedBytes> fourth = changed(codec, parameters, 4, versions);

        for (List<KeyedBytes> broken : List.of(second, third)) {
            ingest.accept(broken.get(0).key(), broken.get(0).value(), 0);
            assertRejected(
                    broken.get(1).key(), broken.get(1).value(), "parameters[" + wrong + "]: NaN (expected: finite)");
            assertThat(store.model("m").set("").version()).isEqualTo(1);
        }
        for (KeyedBytes record : fourth) {
            ingest.accept(record.key(), record.value(), 0);
        }
        assertThat(store.model("m").set("").version()).isEqualTo(4);
        assertThat(store.model("m").set("").snapshot().parameters()[wrong]).isEqualTo(7);
    }

    private static List<KeyedBytes> changed(SnapshotCodec codec, float[] parameters, long version, long[] versions) {
        Snapshot snapshot = new Snapshot(
                LARGE, "", version, version, parameters, new double[1], new Lineage(), versions.clone(), null);
        return codec.write(codec.publish(snapshot, version - 1, "freshet.samples", version, "0.1.0"), version - 1);
    }

    @Test
    void counts_a_deletion_once_and_ignores_unknown_models() throws Exception {
        accept(snapshot(SMALL, "", 1, new float[2], new double[3]));
        for (KeyedBytes tombstone : new SnapshotCodec().delete("m", "", 0)) {
            ingest.accept(tombstone.key(), tombstone.value(), 0);
            ingest.accept(tombstone.key(), tombstone.value(), 0);
        }
        ingest.accept(ParameterKey.snapshot("other", "").toBytes(), null, 0);

        assertThat(store.isEmpty()).isTrue();
        assertThat(metrics.scrape())
                .contains("freshet_swaps_total{model=\"m\",result=\"removed\"} 1.0")
                .doesNotContain("other");
    }

    /** A model learned again from the first offset has the incarnation of the one before, and lower versions. */
    @Test
    void snapshots_of_a_recreated_topic_replace_those_of_the_deleted_one() throws Exception {
        accept(snapshot(SMALL, "", 9_000, new float[2], new double[3]));
        accept(snapshot(SMALL, "", 1, new float[2], new double[3]));
        assertThat(store.model("m").set("").version()).as("the same topic").isEqualTo(9_000);

        ingest.recreated();
        assertThat(store.model("m").set("").version()).as("nothing newer yet").isEqualTo(9_000);
        accept(snapshot(SMALL, "", 1, new float[2], new double[3]));
        assertThat(store.model("m").set("").version()).isEqualTo(1);
        accept(snapshot(SMALL, "", 2, new float[2], new double[3]));
        assertThat(store.model("m").set("").version()).isEqualTo(2);
    }

    @Test
    void what_the_deleted_topic_had_is_not_refused_any_more() throws Exception {
        assertRejected(
                snapshot(SMALL, "", 2, new float[] {0, Float.NaN}, new double[3]),
                "parameters[1]: NaN (expected: finite)");
        refusals.add("other", new Refusals.Refusal("", "1", "of the other topic", false, Lane.COMMITTED, NOW));
        assertThat(refusals.of("m")).hasSize(1);

        ingest.recreated();
        assertThat(refusals.of("m")).isEmpty();
        assertThat(refusals.of("other")).hasSize(1);
    }

    @Test
    void a_tombstone_resolves_what_its_own_topic_refuses() throws Exception {
        assertRejected(
                snapshot(SMALL, "", 2, new float[] {0, Float.NaN}, new double[3]),
                "parameters[1]: NaN (expected: finite)");
        refusals.add("other", new Refusals.Refusal("", "1", "of the other topic", false, Lane.COMMITTED, NOW));
        for (String model : List.of("m", "other")) {
            ingest.accept(ParameterKey.snapshot(model, "").toBytes(), null, 0);
        }
        assertThat(refusals.of("m")).isEmpty();
        assertThat(refusals.of("other")).hasSize(1);
    }

    /** Would catch a model that is stuck with the specification that a task manager published with a fast clock. */
    @Test
    void a_specification_from_the_future_does_not_make_its_successors_stale() throws Exception {
        ModelSpec keyed = ModelSpec.parse(
                "{name: m, label: y, key: k, loss: mean-squared-error, features: {numeric: [a], standardize: true}}");
        ModelSpec successor = ModelSpec.parse(
                "{name: m, label: y, loss: mean-squared-error, features: {numeric: [a, b], standardize: true}}");
        publish(snapshot(keyed, "x", 5, new float[2], new double[3]), NOW + 3_600_000, 0);
        assertThat(store.model("m").publishedAt()).isEqualTo(NOW);

        now.addAndGet(1);
        publish(snapshot(SMALL, "", 1, new float[2], new double[3]), NOW + 1, 1);
        assertThat(store.model("m").set("").version()).as("incompatible").isEqualTo(1);
        publish(snapshot(SMALL, "", 2, new float[2], new double[3]), NOW + 3_600_000, 1);
        publish(snapshot(successor, "", 1, new float[3], new double[5]), NOW + 1, 1);
        assertThat(store.model("m").set("").version())
                .as("in the same partition")
                .isEqualTo(1);
        assertThat(store.model("m").spec().spec()).isEqualTo(successor);
    }

    private void publish(Snapshot snapshot, long publishedAt, int partition) throws MalformedRecordException {
        for (KeyedBytes record : new SnapshotCodec().write(snapshot, "freshet.samples", publishedAt, "0.1.0")) {
            ingest.accept(record.key(), record.value(), partition);
        }
    }

    private void accept(Snapshot snapshot) throws MalformedRecordException {
        for (KeyedBytes record : records(snapshot)) {
            ingest.accept(record.key(), record.value(), 0);
        }
    }

    private void assertRejected(Snapshot snapshot, String message) {
        KeyedBytes record = records(snapshot).get(0);
        assertRejected(record.key(), record.value(), message);
    }

    private void assertRejected(byte[] key, byte[] value, String message) {
        assertThatThrownBy(() -> ingest.accept(key, value, 0))
                .isInstanceOf(MalformedRecordException.class)
                .hasMessageStartingWith(message);
    }

    private static List<KeyedBytes> records(Snapshot snapshot) {
        return new SnapshotCodec().write(snapshot, "freshet.samples", 1, "0.1.0");
    }

    private static Snapshot limited(double high) {
        return new Snapshot(
                SMALL,
                "",
                2,
                2,
                Parameters.of(new float[2]),
                new double[3],
                new Lineage(),
                new long[0],
                null,
                new double[] {0, high});
    }

    private static Snapshot snapshot(ModelSpec spec, String key, long version, float[] parameters, double[] moments) {
        return new Snapshot(spec, key, version, version, parameters, moments, new Lineage(), new long[0], null);
    }
}
