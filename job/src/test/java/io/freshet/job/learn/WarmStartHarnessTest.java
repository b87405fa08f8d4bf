package io.freshet.job.learn;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.job.TestStream;
import io.freshet.job.learn.LearnHarness.Backend;
import io.freshet.job.record.KeyedSample;
import io.freshet.job.state.ModelState;
import io.freshet.learning.learner.Learner;
import io.freshet.learning.learner.LearnerState;
import io.freshet.learning.model.Weights;
import io.freshet.learning.predict.WarmStart;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.snapshot.PublishedSnapshot;
import io.freshet.schemas.snapshot.SnapshotCodec;
import io.freshet.schemas.snapshot.SnapshotReader;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Would catch a warm start that a recovery moves, loses, or repeats, and one that is used before it is complete. After any
 * interruption, the states equal those of a plain loop that rebases at the same sample.
 */
class WarmStartHarnessTest {
    private static final ModelSpec COLD = TestStream.keyed();

    /** Snapshots of keys c0 and c1 from another job. */
    private static final PublishedSnapshot[] KEYS = {published(COLD, "c0"), published(COLD, "c1")};

    private static final ModelSpec WARM = from(COLD, KEYS);

    @ParameterizedTest
    @EnumSource(Backend.class)
    void a_model_rebases_at_the_barrier_and_after_any_recovery(Backend backend) throws Exception {
        Map<String, Weights> expected = expected(List.of(new Range(COLD, 0, 40), new Range(WARM, 40, 80)), KEYS);
        OperatorSubtaskState withoutSpecification;
        OperatorSubtaskState atTheBarrier;
        OperatorSubtaskState whileBuffered;
        try (LearnHarness harness = LearnHarness.start(backend, COLD)) {
            harness.learn(COLD, 0, 20);
            harness.sendWarmStart(WARM, KEYS);
            withoutSpecification = harness.snapshot();
            harness.applyPending(WARM);
            harness.learn(COLD, 20, 40);
            atTheBarrier = harness.snapshot();
            harness.learn(WARM, 40, 60);
            whileBuffered = harness.snapshot();
            harness.complete();
            harness.learn(WARM, 60, 80);
            assertWeights(harness, expected);
        }
        try (LearnHarness restored = LearnHarness.restore(backend, withoutSpecification)) {
            restored.applyPending(WARM);
            restored.learn(COLD, 20, 40);
            restored.snapshot();
            restored.complete();
            restored.learn(WARM, 40, 80);
            assertWeights(restored, expected);
        }
        try (LearnHarness restored = LearnHarness.restore(backend, atTheBarrier)) {
            restored.learn(WARM, 40, 80);
            assertWeights(restored, expected);
        }
        try (LearnHarness restored = LearnHarness.restore(backend, whileBuffered)) {
            restored.learn(WARM, 60, 80);
            assertWeights(restored, expected);
        }
    }

    @ParameterizedTest
    @EnumSource(Backend.class)
    void new_keys_start_from_a_model_without_a_key(Backend backend) throws Exception {
        ModelSpec whole = ModelSpec.parse(COLD.toYaml().replace("key: c\n", ""));
        PublishedSnapshot prior = published(whole, "c0");
        ModelSpec warm = from(COLD, prior);
        ModelSpec faster = ModelSpec.parse(warm.toYaml().replace("learningRate: 0.01", "learningRate: 0.1"));
        OperatorSubtaskState state;
        try (LearnHarness harness = LearnHarness.start(backend)) {
            harness.sendWarmStart(warm, prior);
            harness.applyPending(warm);
            state = harness.snapshot();
        }
        try (LearnHarness restored = LearnHarness.restore(backend, state)) {
            restored.learn(warm, 0, 3);
            restored.apply(faster);
            restored.learn(faster, 3, 60);
            assertWeights(restored, expected(List.of(new Range(warm, 0, 3), new Range(faster, 3, 60)), prior));
        }
    }

    @Test
    void a_later_change_does_not_rebase_again() throws Exception {
        ModelSpec faster = ModelSpec.parse(WARM.toYaml().replace("learningRate: 0.01", "learningRate: 0.1"));
        try (LearnHarness harness = LearnHarness.start()) {
            harness.sendWarmStart(WARM, KEYS);
            harness.apply(WARM);
            harness.learn(WARM, 0, 40);
            harness.apply(faster);
            harness.learn(faster, 40, 80);
            assertWeights(harness, expected(List.of(new Range(WARM, 0, 40), new Range(faster, 40, 80)), KEYS));
        }
    }

    @ParameterizedTest
    @EnumSource(Backend.class)
    void samples_buffered_for_one_warm_start_are_learned_after_a_recovery_with_another(Backend backend)
            throws Exception {
        PublishedSnapshot[] others = {published(COLD, "c2")};
        ModelSpec other = from(COLD, others);
        OperatorSubtaskState state;
        Map<String, String> expected;
        try (LearnHarness harness = LearnHarness.start(backend, COLD)) {
            harness.sendWarmStart(WARM, KEYS);
            harness.applyPending(WARM);
            harness.snapshot();
            harness.learn(WARM, 0, 20);
            harness.sendWarmStart(other, others);
            harness.applyPending(other);
            state = harness.snapshot();
            harness.complete();
            harness.learn(other, 20, 40);
            expected = harness.learnerStates();
        }
        try (LearnHarness restored = LearnHarness.restore(backend, state)) {
            restored.learn(other, 20, 40);
            assertThat(restored.learnerStates()).isEqualTo(expected);
        }
    }

    @ParameterizedTest
    @EnumSource(Backend.class)
    void samples_are_buffered_for_each_of_several_warm_starts_in_one_checkpoint(Backend backend) throws Exception {
        PublishedSnapshot[] second = {published(COLD, "c2")};
        PublishedSnapshot[] third = {published(COLD, "c3")};
        ModelSpec other = from(COLD, second);
        ModelSpec last = from(COLD, third);
        OperatorSubtaskState state;
        Map<String, String> expected;
        try (LearnHarness harness = LearnHarness.start(backend, COLD)) {
            harness.sendWarmStart(WARM, KEYS);
            harness.applyPending(WARM);
            harness.snapshot();
            harness.learn(WARM, 0, 20);
            harness.sendWarmStart(other, second);
            harness.applyPending(other);
            harness.snapshot();
            harness.learn(other, 20, 30);
            harness.sendWarmStart(last, third);
            harness.applyPending(last);
            state = harness.snapshot();
            harness.complete();
            harness.learn(last, 30, 50);
            expected = harness.learnerStates();
        }
        try (LearnHarness restored = LearnHarness.restore(backend, state)) {
            restored.learn(last, 30, 50);
            assertThat(restored.learnerStates()).isEqualTo(expected);
        }
    }

    /** A rebase changes all blocks of a large state at once, and a frozen model has no update that would mark them as changed. */
    @ParameterizedTest
    @EnumSource(Backend.class)
    void a_large_model_is_restored_with_its_warm_start(Backend backend) throws Exception {
        ModelSpec cold = ModelSpec.parse(TestStream.whole(1).toYaml().replace("hashBits: 6", "hashBits: 17"));
        PublishedSnapshot base = published(cold, "");
        ModelSpec warm = from(cold, base);
        ModelSpec frozen = ModelSpec.parse(warm.toYaml().replace("frozen: false", "frozen: true"));
        OperatorSubtaskState state;
        try (LearnHarness harness = LearnHarness.start(backend, cold)) {
            harness.learn(cold, 0, 20);
            harness.snapshot();
            harness.sendWarmStart(frozen, base);
            harness.apply(frozen);
            harness.learn(frozen, 20, 25);
            state = harness.snapshot();
        }
        try (LearnHarness restored = LearnHarness.restore(backend, state)) {
            assertThat(restored.models().get("whole/").learner().samples()).isEqualTo(20);
            restored.apply(warm);
            restored.learn(warm, 25, 60);
            restored.takeSnapshots();
            assertWeights(restored, expected(List.of(new Range(cold, 0, 20), new Range(warm, 25, 60)), base));
        }
    }

    @Test
    void an_incomplete_or_incompatible_warm_start_is_refused() throws Exception {
        ModelSpec narrower = ModelSpec.parse(COLD.toYaml().replace("hashBits: 4", "hashBits: 3"));
        PublishedSnapshot other = published(narrower, "c0");
        ModelSpec incompatible = from(COLD, other);
        try (LearnHarness harness = LearnHarness.start(COLD)) {
            harness.learn(COLD, 0, 20);
            harness.apply(WARM);
            harness.learn(COLD, 20, 40);
            harness.sendWarmStart(incompatible, other);
            harness.apply(incompatible);
            harness.learn(COLD, 40, 80);
            assertWeights(harness, expected(List.of(new Range(COLD, 0, 80))));
        }
    }

    /** Returns a specification that starts from snapshots. */
    private static ModelSpec from(ModelSpec spec, PublishedSnapshot... snapshots) {
        return spec.withStream(spec.stream().withWarmStart(base(snapshots).warmStart()));
    }

    private static WarmStart base(PublishedSnapshot... snapshots) {
        return WarmStart.of(
                Arrays.stream(snapshots).map(PublishedSnapshot::snapshot).toList());
    }

    /** Returns a snapshot of a model trained on other samples. */
    private static PublishedSnapshot published(ModelSpec spec, String key) {
        Learner learner = new Learner(spec);
        LearnerState state = learner.start();
        for (long offset = 1_000 + key.hashCode(); offset < 1_030 + key.hashCode(); offset++) {
            learner.learn(state, TestStream.sample(spec, offset).sample());
        }
        SnapshotReader reader = new SnapshotReader();
        PublishedSnapshot published = null;
        String own = spec.key() == null ? "" : key;
        try {
            for (var record : new SnapshotCodec().write(learner.snapshot(state, own), "samples", 0, "test")) {
                SnapshotReader.Change change = reader.read(record.key(), record.value());
                published = change == null ? null : change.snapshot();
            }
        } catch (io.freshet.schemas.avro.MalformedRecordException e) {
            throw new IllegalStateException(e);
        }
        return published;
    }

    /** Samples at offsets [from, to) learned with one specification. */
    private record Range(ModelSpec spec, long from, long to) {}

    /** Returns the weights of a plain loop that learns one range after another. */
    private static Map<String, Weights> expected(List<Range> ranges, PublishedSnapshot... snapshots) {
        Map<String, LearnerState> states = new TreeMap<>();
        for (Range range : ranges) {
            loop(learner(range.spec(), snapshots), range.from(), range.to(), states);
        }
        Map<String, Weights> weights = new TreeMap<>();
        states.forEach((modelKey, state) -> weights.put(modelKey, state.weights()));
        return weights;
    }

    private static Learner learner(ModelSpec spec, PublishedSnapshot... snapshots) {
        return new Learner(spec, spec.stream().warmStart() == null ? null : base(snapshots));
    }

    private static void loop(Learner learner, long from, long to, Map<String, LearnerState> states) {
        for (long offset = from; offset < to; offset++) {
            KeyedSample keyed = TestStream.sample(learner.spec(), offset);
            LearnerState state = states.computeIfAbsent(keyed.modelKey(), modelKey -> learner.start());
            if (learner.needsRebase(state)) {
                learner.rebase(
                        state, keyed.modelKey().substring(keyed.modelKey().indexOf('/') + 1));
            }
            learner.learn(state, keyed.sample());
        }
    }

    private static void assertWeights(LearnHarness harness, Map<String, Weights> expected) throws Exception {
        Map<String, ModelState> models = harness.models();
        assertThat(models.keySet()).isEqualTo(expected.keySet());
        models.forEach((modelKey, model) ->
                assertThat(model.learner().weights()).as(modelKey).isEqualTo(expected.get(modelKey)));
    }
}
