package io.freshet.server.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.learning.features.Lineage;
import io.freshet.learning.predict.Snapshot;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.learning.spec.PublishSpec.Lane;
import io.freshet.schemas.kafka.ParameterKey;
import io.freshet.schemas.snapshot.Publication;
import io.freshet.schemas.snapshot.PublishedSnapshot;
import io.freshet.schemas.snapshot.SnapshotCodec;
import io.freshet.schemas.snapshot.SnapshotReader.Change;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class ModelStoreTest {
    private static final String ONE = "{name: m, label: y, loss: mean-squared-error, features: {numeric: [%s]}}";
    private static final String KEYED =
            "{name: m, label: y, key: k, loss: mean-squared-error, features: {numeric: [%s]}}";

    private final ModelStore store = new ModelStore();

    @Test
    void a_higher_version_replaces_a_lower_one() {
        assertThat(put(ONE, "a", "", 5, 100)).isEqualTo(SwapOutcome.SWAPPED);
        assertThat(put(ONE, "a", "", 6, 100)).isEqualTo(SwapOutcome.SWAPPED);
        assertThat(live("")).isEqualTo(6);
    }

    @Test
    void a_replayed_version_is_stale_even_if_published_later() {
        put(ONE, "a", "", 5, 100);
        ParameterSet before = store.model("m").set("");

        assertThat(put(ONE, "a", "", 5, 200)).isEqualTo(SwapOutcome.STALE);
        assertThat(put(ONE, "a", "", 4, 300)).isEqualTo(SwapOutcome.STALE);
        assertThat(store.model("m").set("")).isSameAs(before);
    }

    @Test
    void another_specification_is_served_if_published_later_regardless_of_version() {
        put(ONE, "a", "", 5, 100);

        assertThat(put(ONE, "b", "", 1, 101)).isEqualTo(SwapOutcome.SWAPPED);
        assertThat(putElsewhere(snapshot(ONE, 50), 101)).isEqualTo(SwapOutcome.STALE);
        assertThat(live("")).isEqualTo(1);
        assertThat(store.model("m").spec().spec().features().numeric()).containsExactly("b");
    }

    /** Would catch a server that serves a deleted incarnation until the next one has learned more samples. */
    @Test
    void another_incarnation_is_served_if_published_later_regardless_of_version() {
        put(origin(0, 3), 5_000, 100);

        assertThat(put(origin(0, 3), 4_999, 200)).as("replayed").isEqualTo(SwapOutcome.STALE);
        assertThat(put(origin(9, 3), 1, 300)).as("starts later").isEqualTo(SwapOutcome.SWAPPED);
        assertThat(putElsewhere(snapshot(ONE, 5_001, origin(0, 3)), 299))
                .as("published earlier")
                .isEqualTo(SwapOutcome.STALE);
        assertThat(put(origin(9, 3), 1, 400)).as("replayed").isEqualTo(SwapOutcome.STALE);
        assertThat(put(origin(9, 3), 2, 300)).isEqualTo(SwapOutcome.SWAPPED);
        assertThat(put(origin(0, 0), 1, 500)).as("starts earlier").isEqualTo(SwapOutcome.SWAPPED);
        assertThat(live("")).isEqualTo(1);
    }

    /** Would catch a model that is stuck with what a trainer with a fast clock published. */
    @Test
    void what_follows_in_the_same_partition_is_served_whatever_the_clocks() {
        put(ONE, "a", "", 5, 9_000);

        assertThat(put(ONE, "b", "", 1, 100)).as("another specification").isEqualTo(SwapOutcome.SWAPPED);
        assertThat(store.model("m").spec().spec().features().numeric()).containsExactly("b");
        assertThat(store.model("m").publishedAt()).isEqualTo(100);
        put(origin(0, 3), 5, 9_000);
        assertThat(put(origin(9, 3), 1, 100)).as("another incarnation").isEqualTo(SwapOutcome.SWAPPED);
    }

    @Test
    void a_joining_partition_does_not_start_another_incarnation() {
        put(new Lineage(new int[] {1}, new long[] {7}, new long[] {90}, 0, 80, List.of()), 80, 100);

        Lineage joined = new Lineage(new int[] {1, 0}, new long[] {7, 0}, new long[] {80, 3}, 0, 70, List.of());
        assertThat(put(joined, 70, 200)).isEqualTo(SwapOutcome.STALE);
        assertThat(put(joined, 81, 100)).isEqualTo(SwapOutcome.SWAPPED);
    }

    @Test
    void an_unknown_origin_is_compared_by_version_alone() {
        put(origin(0, 3), 5_000, 100);
        Lineage unknown = new Lineage(new int[0], new long[0], new long[0], 0, 0, List.of());

        assertThat(put(unknown, 4_000, 200)).isEqualTo(SwapOutcome.STALE);
        assertThat(put(unknown, 5_001, 200)).isEqualTo(SwapOutcome.SWAPPED);
        assertThat(put(origin(0, 3), 5_000, 300)).isEqualTo(SwapOutcome.STALE);
    }

    /** After a failure just after expiry, the end of an incarnation, its tombstone, and the next one are sent again. */
    @Test
    void replaying_the_end_of_an_incarnation_leads_to_the_next_one() {
        put(origin(0, 3), 99, 100);
        delete("");
        put(origin(9, 3), 1, 110);

        assertThat(put(origin(0, 3), 99, 200)).as("for a moment").isEqualTo(SwapOutcome.SWAPPED);
        assertThat(delete("")).isEqualTo(SwapOutcome.REMOVED);
        assertThat(put(origin(9, 3), 1, 210)).isEqualTo(SwapOutcome.SWAPPED);
    }

    @Test
    void each_key_has_its_own_version() {
        put(KEYED, "a", "x", 5, 100);
        put(KEYED, "a", "y", 3, 100);

        assertThat(put(KEYED, "a", "y", 4, 100)).isEqualTo(SwapOutcome.SWAPPED);
        assertThat(live("x")).isEqualTo(5);
        assertThat(live("y")).isEqualTo(4);
        assertThat(store.model("m").set("z")).isNull();
        assertThat(store.model("m").keys()).isEqualTo(2);
        assertThat(store.model("m").samples()).isEqualTo(9);
        assertThat(store.model("m").parameterBytes()).isEqualTo(2 * 2 * Float.BYTES);
    }

    @Test
    void sets_of_one_specification_share_it() {
        put(KEYED, "a", "x", 5, 100);
        put(KEYED, "a", "y", 3, 100);

        assertThat(store.model("m").set("x").served())
                .isSameAs(store.model("m").set("y").served());
    }

    /** Would catch a separate shape and warm-up for each key of an older specification. */
    @Test
    void an_older_specification_is_shared_until_no_set_uses_it() {
        put(KEYED, "a", "x", 5, 100);
        put(KEYED, "b", "y", 1, 200);
        put(KEYED, "a", "z", 3, 100);
        ServedModel model = store.model("m");
        ServedSpec older = model.set("x").served();

        assertThat(model.set("z").served()).isSameAs(older);
        assertThat(model.spec(older.hash())).isSameAs(older);

        put(KEYED, "b", "x", 1, 200);
        delete("z");

        assertThat(model.spec(older.hash())).isNull();
        assertThat(model.spec(model.spec().hash())).isSameAs(model.spec());
    }

    @Test
    void a_compatible_specification_is_adopted_key_by_key() {
        put(KEYED, "a", "x", 5, 100);
        put(KEYED, "a", "y", 5, 100);
        put(KEYED, "b", "x", 1, 200);

        assertThat(store.model("m").keys()).isEqualTo(2);
        assertThat(store.model("m").set("y").served().spec().features().numeric())
                .containsExactly("a");
        assertThat(store.model("m").spec().spec().features().numeric()).containsExactly("b");
        assertThat(put(KEYED, "a", "z", 1, 150)).as("an unknown key").isEqualTo(SwapOutcome.SWAPPED);
        assertThat(store.model("m").spec().spec().features().numeric()).containsExactly("b");
    }

    /** Would catch a response in which the rows of one key have the names of another's classes. */
    @Test
    void other_names_of_classes_replace_all_keys() {
        String yaml = "{name: m, label: y, labels: %s, key: k, loss: binary-cross-entropy, features: {numeric: [%%s]}}";
        put(yaml.formatted("[no, yes]"), "a", "x", 5, 100);
        put(yaml.formatted("[no, yes]"), "a", "y", 5, 100);

        put(yaml.formatted("[yes, no]"), "a", "x", 1, 200);

        assertThat(store.model("m").keys()).isOne();
        assertThat(live("x")).isEqualTo(1);
    }

    @Test
    void an_incompatible_specification_replaces_all_keys_if_published_later() {
        put(KEYED, "a", "x", 5, 100);
        put(KEYED, "a", "y", 5, 110);

        assertThat(put(ONE, "a", "", 1, 105)).isEqualTo(SwapOutcome.STALE);
        assertThat(put(ONE, "a", "", 1, 111)).isEqualTo(SwapOutcome.SWAPPED);
        assertThat(store.model("m").keys()).isEqualTo(1);
        assertThat(live("")).isEqualTo(1);
    }

    @Test
    void a_tombstone_removes_its_key_and_the_last_one_removes_the_model() {
        put(KEYED, "a", "x", 5, 100);
        put(KEYED, "a", "y", 5, 100);

        assertThat(delete("x")).isEqualTo(SwapOutcome.REMOVED);
        assertThat(delete("x")).isEqualTo(SwapOutcome.STALE);
        assertThat(store.names()).containsExactly("m");
        assertThat(store.model("m").samples()).isEqualTo(5);
        assertThat(delete("y")).isEqualTo(SwapOutcome.REMOVED);
        assertThat(store.isEmpty()).isTrue();
        assertThat(put(KEYED, "a", "x", 1, 200))
                .as("learned again from scratch")
                .isEqualTo(SwapOutcome.SWAPPED);
    }

    /** Would catch an index without the reason why nothing is served of a model whose last key has expired. */
    @Test
    void a_rejection_is_known_until_its_model_is_deleted() {
        put(KEYED, "a", "x", 1, 1);
        Refusals.Refusal refusal = new Refusals.Refusal("", "2", "not finite", false, Lane.EAGER, 1);
        store.refusals().add("m", refusal);
        delete("x");
        delete("y");
        assertThat(store.refusals().last("m")).as("its keys expired").isEqualTo(refusal);

        put(ONE, "a", "", 3, 3);
        delete("");
        assertThat(store.refusals().last("m")).isNull();
    }

    /** Would catch a model that disappears when its snapshot in its previous lane is deleted. */
    @Test
    void a_model_that_changed_lanes_survives_deletion_in_its_previous_lane() {
        Snapshot eager = snapshot(ONE, 5);
        Snapshot committed = snapshot(ONE.replace("name: m", "name: m, publish: {lane: committed}"), 8);

        assertThat(put(committed, 200, Lane.COMMITTED)).isEqualTo(SwapOutcome.SWAPPED);
        assertThat(put(eager, 100, Lane.EAGER)).as("read later").isEqualTo(SwapOutcome.STALE);
        assertThat(delete("", Lane.EAGER)).isEqualTo(SwapOutcome.STALE);
        assertThat(live("")).isEqualTo(8);
        assertThat(delete("", Lane.COMMITTED)).isEqualTo(SwapOutcome.REMOVED);
        assertThat(store.isEmpty()).isTrue();
    }

    /** Would catch a client that asks again for the version of its last answer, and is told that there is none. */
    @Test
    void a_version_that_answered_is_found_while_the_next_one_is_swapped_in() throws Exception {
        int swaps = 2_000;
        ModelStore kept = new ModelStore(new VersionLimits(swaps, Long.MAX_VALUE));
        ModelSpec spec = ModelSpec.parse(ONE.formatted("a"));
        ServedModel model = StoredModels.put(kept, spec, "", 1);
        AtomicBoolean done = new AtomicBoolean();
        CompletableFuture<Set<Long>> missing = CompletableFuture.supplyAsync(
                () -> {
                    Set<Long> notFound = new HashSet<>();
                    while (!done.get()) {
                        long live = model.set("").version();
                        if (model.set("", Long.toString(live)) == null) {
                            notFound.add(live);
                        }
                    }
                    return notFound;
                },
                task -> new Thread(task).start());

        for (int version = 2; version <= swaps; version++) {
            StoredModels.put(kept, spec, "", version);
        }
        done.set(true);

        assertThat(missing.get()).isEmpty();
    }

    /** Would catch an age that stays low while older parameters are served. */
    @Test
    void the_watermark_is_the_newest_of_the_served_sets() {
        put(withWatermark(ONE, "a", "", 5, 1_000), 100, Lane.EAGER);
        put(withWatermark(ONE, "b", "", 1, 400), 200, Lane.EAGER);
        assertThat(store.model("m").watermark())
                .as("another specification on older samples")
                .isEqualTo(400);
        put(withWatermark(ONE, "b", "", 2, 500), 200, Lane.EAGER);
        assertThat(store.model("m").watermark()).isEqualTo(500);
        delete("");

        put(withWatermark(KEYED, "a", "x", 5, 1_000), 100, Lane.EAGER);
        put(withWatermark(KEYED, "a", "y", 5, 700), 100, Lane.EAGER);
        put(withWatermark(KEYED, "a", "z", 5, 600), 100, Lane.EAGER);
        assertThat(store.model("m").watermark()).isEqualTo(1_000);
        put(withWatermark(KEYED, "b", "x", 1, 300), 200, Lane.EAGER);
        assertThat(store.model("m").watermark()).as("x was the newest").isEqualTo(700);
        delete("y");
        assertThat(store.model("m").watermark()).isEqualTo(600);
        delete("x");
        assertThat(store.model("m").watermark()).isEqualTo(600);
    }

    private static Snapshot withWatermark(String yaml, String feature, String key, long version, long watermark) {
        ModelSpec spec = ModelSpec.parse(yaml.formatted(feature));
        Lineage lineage = new Lineage(new int[1], new long[1], new long[1], watermark, version, List.of());
        return new Snapshot(spec, key, version, version, new float[2], new double[3], lineage, new long[0], null);
    }

    private static Snapshot snapshot(String yaml, long version) {
        return snapshot(yaml, version, new Lineage());
    }

    private static Snapshot snapshot(String yaml, long version, Lineage lineage) {
        ModelSpec spec = ModelSpec.parse(yaml.formatted("a"));
        return new Snapshot(spec, "", version, version, new float[2], new double[3], lineage, new long[0], null);
    }

    /** Returns the lineage of an incarnation that starts at these offsets of partitions 0 and 1. */
    private static Lineage origin(long first, long second) {
        return new Lineage(
                new int[] {0, 1}, new long[] {first, second}, new long[] {9_999, 9_999}, 0, 9_999, List.of());
    }

    private SwapOutcome put(Lineage lineage, long version, long publishedAt) {
        return put(snapshot(ONE, version, lineage), publishedAt, Lane.EAGER);
    }

    private long live(String key) {
        return store.model("m").set(key).version();
    }

    private SwapOutcome put(String yaml, String feature, String key, long version, long publishedAt) {
        ModelSpec spec = ModelSpec.parse(yaml.formatted(feature));
        Snapshot snapshot = new Snapshot(
                spec, key, version, version, new float[2], new double[3], new Lineage(), new long[0], null);
        return put(snapshot, publishedAt, Lane.EAGER);
    }

    private SwapOutcome put(Snapshot snapshot, long publishedAt, Lane lane) {
        return store.apply(
                new Change(ParameterKey.snapshot("m", snapshot.key()), published(snapshot, publishedAt)), lane);
    }

    private SwapOutcome putElsewhere(Snapshot snapshot, long publishedAt) {
        return store.apply(
                new Change(ParameterKey.snapshot("m", ""), published(snapshot, publishedAt)),
                new SnapshotOrigin(Lane.EAGER, 0, 1));
    }

    private static PublishedSnapshot published(Snapshot snapshot, long publishedAt) {
        return new PublishedSnapshot(
                snapshot,
                new Publication(snapshot.spec().hash(), 0, SnapshotCodec.NO_PARENT, "samples", publishedAt, "0.1.0"));
    }

    private SwapOutcome delete(String key) {
        return delete(key, Lane.EAGER);
    }

    private SwapOutcome delete(String key, Lane lane) {
        return store.apply(new Change(ParameterKey.snapshot("m", key), null), lane);
    }
}
