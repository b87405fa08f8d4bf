package io.freshet.job.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.job.learn.LearnHarness.Backend;
import io.freshet.job.learn.StatesHarness;
import io.freshet.learning.features.Sample;
import io.freshet.learning.learner.Learner;
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
 * Catches a model that leaves the cache unwritten or comes back stale, a block that a checkpoint lacks or that outlives its
 * model, and a checkpoint that has what came behind its barrier: random operations on models small and in blocks must come
 * out as those on a plain map do, through checkpoints that are written late, restores and a rescaling.
 */
class ModelStateCacheAttackTest {
    private static final int OPERATIONS = 600;
    private static final List<String> ADDRESSES = Stream.of("a", "b", "c")
            .flatMap(model -> Stream.of("1", "2", "3", "4", "5").map(key -> model + "/" + key))
            .toList();
    /** Two small ones; two tables in blocks, with one slot and two; and a net in blocks, its slots in arrays of their own. */
    private static final List<Learner> LEARNERS = Stream.of(
                    "features: {sparse: [x], hashBits: 6}, optimizer: {type: sgd}",
                    "features: {sparse: [x], hashBits: 6}, optimizer: {type: rmsprop}, batch: {size: 3}",
                    "features: {sparse: [x], hashBits: 15}, optimizer: {type: rmsprop}",
                    "features: {sparse: [x], hashBits: 16}, optimizer: {type: ftrl}, batch: {size: 2}",
                    "features: {sparse: [x], hashBits: 14}, optimizer: {type: momentum},"
                            + " model: {type: embedding-mlp, dimension: 2, hidden: [3]}")
            .map(text -> new Learner(ModelSpec.parse("{name: m, label: y, loss: binary-cross-entropy, " + text + "}")))
            .toList();

    private final Map<String, ModelState> expected = new HashMap<>();
    private final Map<String, Learner> learners = new HashMap<>();
    private long offset;

    static Stream<Arguments> runs() {
        List<Arguments> runs = new ArrayList<>();
        for (Backend backend : Backend.values()) {
            for (long cacheBytes : new long[] {0, 15_000, 1_000_000, 1L << 30}) {
                runs.add(Arguments.of(backend, cacheBytes, 1 + runs.size()));
            }
        }
        return runs.stream();
    }

    @ParameterizedTest
    @MethodSource("runs")
    void models_are_those_of_a_plain_map(Backend backend, long cacheBytes, long seed) throws Exception {
        SplittableRandom random = new SplittableRandom(seed);
        StatesHarness harness = new StatesHarness(backend, cacheBytes, null, 1, 0);
        try {
            OperatorSnapshotFutures running = null;
            Map<String, String> atTheBarrier = Map.of();
            for (int i = 0; i < OPERATIONS; i++) {
                int roll = random.nextInt(100);
                String address = ADDRESSES.get(random.nextInt(ADDRESSES.size()));
                if (roll < 60) {
                    learn(harness, random, address);
                } else if (roll < 75) {
                    start(harness, random, address);
                } else if (roll < 80) {
                    harness.remove(address);
                    expected.remove(address);
                } else if (roll < 90) {
                    look(harness, address);
                } else if (roll < 92) {
                    assertThat(harness.bytes()).isEqualTo(bytes());
                } else if (running == null) {
                    atTheBarrier = bytes();
                    running = harness.barrier();
                } else if (roll < 98) {
                    // Written later than learning went on; the job goes on as well.
                    assertThat(restored(backend, harness.finish(running))).isEqualTo(atTheBarrier);
                    running = null;
                } else {
                    running.cancel();
                    running = null;
                    harness = restart(backend, cacheBytes, harness);
                }
            }
            assertThat(harness.bytes()).isEqualTo(bytes());
            for (String address : ADDRESSES) {
                harness.remove(address);
            }
            assertThat(harness.bytes()).isEmpty();
            assertThat(harness.entries()).isZero();
        } finally {
            harness.close();
        }
    }

    /** Learns some samples, as the operator does: nothing else is asked for between. */
    private void learn(StatesHarness harness, SplittableRandom random, String address) throws Exception {
        ModelState state = harness.get(address);
        assertThat(state == null).isEqualTo(expected.get(address) == null);
        assertThat(harness.currentKey()).isEqualTo(address);
        if (state == null) {
            start(harness, random, address);
            return;
        }
        Learner learner = learners.get(address);
        for (int n = random.nextInt(4); n > 0; n--) {
            Sample sample = sample(random, learner);
            learner.learn(state.learner(), sample);
            learner.learn(expected.get(address).learner(), sample);
        }
        if (random.nextInt(3) == 0) {
            state.published(state.published().next(state.learner().samples(), Lane.EAGER, 0, true));
            expected.get(address).published(state.published());
        }
        boolean timer = random.nextBoolean();
        state.publishTimer(timer);
        expected.get(address).publishTimer(timer);
    }

    /** Starts a model anew, be there one of the same shape, of another, or none. */
    private void start(StatesHarness harness, SplittableRandom random, String address) throws Exception {
        Learner learner = LEARNERS.get(random.nextInt(LEARNERS.size()));
        ModelState state = ModelState.start(learner, harness.get(address));
        learner.learn(state.learner(), sample(random, learner));
        ModelState copy = state.copy();
        harness.put(address, state);
        assertThat(harness.currentKey()).isEqualTo(address);
        // As the operator does behind it.
        state.publishTimer(true);
        copy.publishTimer(true);
        expected.put(address, copy);
        learners.put(address, learner);
    }

    private void look(StatesHarness harness, String address) throws Exception {
        ModelState state = harness.get(address);
        ModelState wanted = expected.get(address);
        assertThat(state == null ? null : StatesHarness.bytes(state))
                .isEqualTo(wanted == null ? null : StatesHarness.bytes(wanted));
    }

    /** Goes on from a checkpoint of now in a new harness. */
    private static StatesHarness restart(Backend backend, long cacheBytes, StatesHarness harness) throws Exception {
        OperatorSubtaskState written = harness.finish(harness.barrier());
        harness.close();
        return new StatesHarness(backend, cacheBytes, written, 1, 0);
    }

    /** Returns what two subtasks read from a checkpoint of one. */
    private static Map<String, String> restored(Backend backend, OperatorSubtaskState written) throws Exception {
        Map<String, String> all = new TreeMap<>();
        for (int subtask = 0; subtask < 2; subtask++) {
            try (StatesHarness harness = new StatesHarness(backend, 20_000, written, 2, subtask)) {
                all.putAll(harness.bytes());
            }
        }
        return all;
    }

    private Map<String, String> bytes() throws Exception {
        Map<String, String> all = new TreeMap<>();
        for (Map.Entry<String, ModelState> entry : expected.entrySet()) {
            all.put(entry.getKey(), StatesHarness.bytes(entry.getValue()));
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
                new double[0], new float[0], active, ends, values, label, 1, false, 0, offset, 1_000 + offset, 0);
    }
}
