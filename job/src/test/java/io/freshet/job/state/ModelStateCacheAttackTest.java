package io.freshet.job.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.job.learn.LearnHarness.Backend;
import io.freshet.learning.features.Sample;
import io.freshet.learning.learner.Learner;
import io.freshet.learning.learner.LearnerState;
import io.freshet.learning.model.EmbeddingMlp;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.learning.spec.PublishSpec.Lane;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.operators.OperatorSnapshotFutures;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Would catch a model evicted without being written, a stale read, a block missing from a checkpoint or outliving its model, and
 * a checkpoint with changes from after its barrier. Random operations on small models and models in blocks must produce the
 * same results as on a plain map, through delayed checkpoints, restores, and a rescaling.
 */
class ModelStateCacheAttackTest {
    private static final int OPERATIONS = 600;
    /** Opening and closing RocksDB takes most of the time. */
    private static final int OPERATIONS_ON_ROCKSDB = 250;

    private static final List<String> MODEL_KEYS = Stream.of("a", "b", "c")
            .flatMap(model -> Stream.of("1", "2", "3", "4", "5").map(key -> model + "/" + key))
            .toList();
    /**
     * Two small models, two tables in blocks with one slot and two, and a network in blocks with slots in separate arrays. Two of
     * those in blocks save the state to revert to.
     */
    private static final List<Learner> LEARNERS = Stream.of(
                    "features: {sparse: [x], hashBits: 6}, optimizer: {type: sgd}",
                    "features: {sparse: [x], hashBits: 6}, optimizer: {type: rmsprop}, batch: {size: 3}",
                    "features: {sparse: [x], hashBits: 15}, optimizer: {type: rmsprop}, onDivergence: revert,"
                            + " evaluation: {window: 3}",
                    "features: {sparse: [x], hashBits: 16}, optimizer: {type: ftrl}, batch: {size: 2}",
                    "features: {sparse: [x], hashBits: 14}, optimizer: {type: momentum},"
                            + " model: {type: embedding-mlp, dimension: 2, hidden: [3]}, onDivergence: revert,"
                            + " evaluation: {window: 4}")
            .map(text -> new Learner(ModelSpec.parse("{name: m, label: y, loss: binary-cross-entropy, " + text + "}")))
            .toList();

    private final Map<String, ModelState> expected = new HashMap<>();
    private final Map<String, Learner> learners = new HashMap<>();
    private long offset;

    static Stream<Arguments> runs() {
        List<Arguments> runs = new ArrayList<>();
        for (Backend backend : Backend.values()) {
            int operations = backend == Backend.HEAP ? OPERATIONS : OPERATIONS_ON_ROCKSDB;
            for (long cacheBytes : new long[] {0, 15_000, 1_000_000, 1L << 30}) {
                runs.add(Arguments.of(backend, cacheBytes, operations, 1 + runs.size()));
            }
        }
        return runs.stream();
    }

    @ParameterizedTest
    @MethodSource("runs")
    void states_are_those_of_a_plain_map(Backend backend, long cacheBytes, int operations, long seed) throws Exception {
        SplittableRandom random = new SplittableRandom(seed);
        ModelStateHarness harness = new ModelStateHarness(backend, cacheBytes, null, 1, 0);
        try {
            OperatorSnapshotFutures running = null;
            Map<String, String> atBarrier = Map.of();
            for (int i = 0; i < operations; i++) {
                int roll = random.nextInt(100);
                String modelKey = MODEL_KEYS.get(random.nextInt(MODEL_KEYS.size()));
                if (roll < 60) {
                    learn(harness, random, modelKey);
                } else if (roll < 75) {
                    start(harness, random, modelKey);
                } else if (roll < 80) {
                    harness.remove(modelKey);
                    expected.remove(modelKey);
                } else if (roll < 90) {
                    compare(harness, modelKey);
                } else if (roll < 92) {
                    assertThat(harness.bytes()).isEqualTo(bytes());
                } else if (running == null) {
                    atBarrier = bytes();
                    running = harness.barrier();
                } else if (roll < 98) {
                    // The checkpoint is written while learning continues.
                    assertThat(restored(backend, harness.finish(running))).isEqualTo(atBarrier);
                    running = null;
                } else {
                    running.cancel();
                    running = null;
                    harness = restart(backend, cacheBytes, harness);
                }
            }
            assertThat(harness.bytes()).isEqualTo(bytes());
            for (String modelKey : MODEL_KEYS) {
                harness.remove(modelKey);
            }
            assertThat(harness.bytes()).isEmpty();
            assertThat(harness.entries()).isZero();
        } finally {
            harness.close();
        }
    }

    /** Learns some samples as the operator does, without other calls in between. */
    private void learn(ModelStateHarness harness, SplittableRandom random, String modelKey) throws Exception {
        ModelState state = harness.get(modelKey);
        assertThat(state == null).isEqualTo(expected.get(modelKey) == null);
        assertThat(harness.currentKey()).isEqualTo(modelKey);
        if (state == null) {
            start(harness, random, modelKey);
            return;
        }
        Learner learner = learners.get(modelKey);
        for (int n = random.nextInt(4); n > 0; n--) {
            Sample sample = sample(random, learner);
            learn(learner, state.learner(), sample);
            learn(learner, expected.get(modelKey).learner(), sample);
        }
        if (random.nextInt(3) == 0) {
            state.published(state.published().next(state.learner().samples(), Lane.EAGER, 0, true));
            expected.get(modelKey).published(state.published());
        }
        long timer = random.nextBoolean() ? ModelState.UNKNOWN_TIMER : ModelState.NO_TIMER;
        state.publishTimer(timer);
        expected.get(modelKey).publishTimer(timer);
    }

    private static void learn(Learner learner, LearnerState state, Sample sample) {
        learner.learn(state, sample);
        if (state.window().samples() >= learner.spec().window()) {
            learner.nextWindow(state);
        }
    }

    /** Starts a model from scratch, replacing any existing one of the same or another shape. */
    private void start(ModelStateHarness harness, SplittableRandom random, String modelKey) throws Exception {
        Learner learner = LEARNERS.get(random.nextInt(LEARNERS.size()));
        ModelState state = ModelState.start(learner, harness.get(modelKey));
        learner.learn(state.learner(), sample(random, learner));
        ModelState copy = state.copy();
        harness.put(modelKey, state);
        assertThat(harness.currentKey()).isEqualTo(modelKey);
        // The operator does this after put as well.
        state.publishTimer(ModelState.UNKNOWN_TIMER);
        copy.publishTimer(ModelState.UNKNOWN_TIMER);
        expected.put(modelKey, copy);
        learners.put(modelKey, learner);
    }

    private void compare(ModelStateHarness harness, String modelKey) throws Exception {
        ModelState state = harness.get(modelKey);
        ModelState reference = expected.get(modelKey);
        assertThat(state == null ? null : ModelStateHarness.bytes(state))
                .isEqualTo(reference == null ? null : ModelStateHarness.bytes(reference));
    }

    /** Restores a new checkpoint in a new harness. */
    private static ModelStateHarness restart(Backend backend, long cacheBytes, ModelStateHarness harness)
            throws Exception {
        OperatorSubtaskState written = harness.finish(harness.barrier());
        harness.close();
        return new ModelStateHarness(backend, cacheBytes, written, 1, 0);
    }

    /** Returns the states that two subtasks read from the checkpoint of one. */
    private static Map<String, String> restored(Backend backend, OperatorSubtaskState written) throws Exception {
        Map<String, String> all = new TreeMap<>();
        for (int subtask = 0; subtask < 2; subtask++) {
            try (ModelStateHarness harness = new ModelStateHarness(backend, 20_000, written, 2, subtask)) {
                all.putAll(harness.bytes());
            }
        }
        return all;
    }

    private Map<String, String> bytes() throws Exception {
        Map<String, String> all = new TreeMap<>();
        for (Map.Entry<String, ModelState> entry : expected.entrySet()) {
            all.put(entry.getKey(), ModelStateHarness.bytes(entry.getValue()));
        }
        return all;
    }

    private Sample sample(SplittableRandom random, Learner learner) {
        int[] active = random.ints(1, 1 + learner.spec().features().buckets())
                .distinct()
                .limit(3)
                .sorted()
                .toArray();
        float[] values = new float[active.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextDouble(-1, 1);
        }
        int[] ends = learner.spec().model() instanceof EmbeddingMlp ? new int[] {active.length} : new int[0];
        float[] label = {random.nextInt(2)};
        offset++;
        return new Sample(
                new Sample.Features(new double[0], new float[0], active, ends, values),
                label,
                1,
                false,
                new Sample.Position(0, offset, 1_000 + offset, 0));
    }
}
