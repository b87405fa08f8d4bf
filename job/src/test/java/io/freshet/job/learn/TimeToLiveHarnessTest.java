package io.freshet.job.learn;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.job.TestStream;
import io.freshet.job.learn.LearnHarness.Backend;
import io.freshet.job.record.KeyedSample;
import io.freshet.job.record.OutputRecord;
import io.freshet.job.state.ModelState;
import io.freshet.learning.features.Sample;
import io.freshet.learning.learner.Learner;
import io.freshet.learning.learner.LearnerState;
import io.freshet.learning.spec.ModelSpec;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Would catch a model deleted too early or never, and parameters that depend on when timers fire. */
class TimeToLiveHarnessTest {
    private static final long TIME_TO_LIVE = 10_000;
    private static final ModelSpec SPEC = ModelSpec.parse(TestStream.keyed()
            .toYaml()
            .replace("timeToLive: 0", "timeToLive: 10s")
            .replace("size: 3", "size: 2"));
    private static final ModelSpec FOREVER = ModelSpec.parse(SPEC.toYaml().replace("timeToLive: 10s", "timeToLive: 0"));

    @ParameterizedTest
    @EnumSource(Backend.class)
    void parameters_follow_the_rule_through_timers_and_failures(Backend backend) throws Exception {
        for (long seed = 1; seed <= backend.trials(8); seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            List<KeyedSample> samples = stream(random, 2_500);
            Map<String, LearnerState> expected = oracle(samples);
            Map<String, Long> newest = new HashMap<>();
            samples.forEach(s -> newest.merge(s.modelKey(), s.sample().eventTime(), Math::max));

            LearnHarness harness = LearnHarness.start(backend, SPEC);
            long clock = 0;
            OperatorSubtaskState checkpoint = harness.snapshot();
            int restart = -1;
            long expired = 0;
            for (int i = 0; i < samples.size(); i++) {
                harness.learn(samples.get(i));
                int what = random.nextInt(400);
                if (what < 30) {
                    clock += random.nextInt(20_000);
                    harness.time(clock);
                    expired += harness.takeParameters().stream()
                            .filter(record -> record.value() == null)
                            .count();
                } else if (what < 33) {
                    checkpoint = harness.snapshot();
                    restart = i;
                } else if (what == 33) {
                    harness.close();
                    harness = LearnHarness.restore(backend, checkpoint);
                    harness.time(clock);
                    i = restart;
                }
            }
            Map<String, ModelState> models = harness.models();
            long end = samples.get(samples.size() - 1).sample().eventTime();
            for (Map.Entry<String, LearnerState> entry : expected.entrySet()) {
                ModelState state = models.remove(entry.getKey());
                String as = "seed " + seed + ", " + entry.getKey();
                if (state == null) {
                    assertThat(end - newest.get(entry.getKey())).as(as).isGreaterThan(TIME_TO_LIVE);
                } else {
                    assertThat(state.learner().samples())
                            .as(as)
                            .isEqualTo(entry.getValue().samples());
                    assertThat(state.learner().weights())
                            .as(as)
                            .isEqualTo(entry.getValue().weights());
                }
            }
            assertThat(models).isEmpty();
            assertThat(expired).isPositive();
            harness.close();
        }
    }

    @ParameterizedTest
    @EnumSource(Backend.class)
    void an_expired_key_leaves_the_state_and_gets_a_tombstone(Backend backend) throws Exception {
        LearnHarness harness = LearnHarness.start(backend, SPEC);
        harness.learn(sample("a", 1, 0));
        harness.learn(sample("a", 2, 1));
        harness.time(600);
        assertThat(harness.takeSnapshots()).singleElement().asString().startsWith("keyed/a version 2");
        learnOthers(harness, 2 * TIME_TO_LIVE + 1);
        harness.time(15_000);
        assertThat(harness.models()).as("no timer yet").containsKey("keyed/a");
        try (LearnHarness restored = LearnHarness.restore(backend, harness.snapshot())) {
            restored.time(15_000);
            harness.takeSnapshots();
            harness.time(30_000);
            assertThat(harness.models()).as("not past twice its time to live").containsKey("keyed/a");
            learnOthers(harness, 2 * TIME_TO_LIVE + 2);
            harness.time(60_000);
            assertThat(harness.models()).containsOnlyKeys("keyed/b");
            assertThat(harness.takeSnapshots()).contains("delete keyed/a");

            learnOthers(restored, 2 * TIME_TO_LIVE + 2);
            restored.time(60_000);
            assertThat(restored.models()).containsOnlyKeys("keyed/b");
            restored.takeSnapshots();
            restored.learn(sample("a", 9, 2 * TIME_TO_LIVE + 5));
            assertThat(restored.models().get("keyed/a").learner().lineage().position())
                    .isEqualTo(1);
        }
        harness.close();
    }

    @Test
    void a_new_incarnation_sends_a_tombstone_before_its_first_snapshot() throws Exception {
        try (LearnHarness harness = LearnHarness.start(SPEC)) {
            for (int i = 0; i < 10; i++) {
                harness.learn(sample("a", i, i));
            }
            assertThat(harness.takeSnapshots()).singleElement().asString().startsWith("keyed/a version 10");
            for (int i = 0; i < 10; i++) {
                harness.learn(sample("a", i, TIME_TO_LIVE + 10 + i));
            }
            List<String> snapshots = harness.takeSnapshots();
            assertThat(snapshots).hasSize(2);
            assertThat(snapshots.get(0)).isEqualTo("delete keyed/a");
            assertThat(snapshots.get(1)).startsWith("keyed/a version 10");
            assertThat(harness.takeEvaluations()).containsOnlyOnce("delete keyed/a");
        }
    }

    @Test
    void expires_to_the_millisecond() throws Exception {
        try (LearnHarness harness = LearnHarness.start(SPEC)) {
            harness.learn(sample("a", 1, 5_000));
            harness.learn(sample("a", 2, 4_000));
            harness.learn(sample("a", 3, 5_000 + TIME_TO_LIVE));
            assertThat(position(harness)).isEqualTo(3);
            harness.learn(sample("a", 4, 5_001 + 2 * TIME_TO_LIVE));
            assertThat(position(harness)).isEqualTo(1);
        }
    }

    @Test
    void a_few_samples_from_the_far_future_expire_nothing_else() throws Exception {
        try (LearnHarness harness = LearnHarness.start(SPEC)) {
            harness.learn(sample("a", 1, 0));
            for (int i = 0; i < 500; i++) {
                harness.learn(sample("b", i, i % 10 == 0 ? Long.MAX_VALUE : i));
            }
            harness.time(1_000_000);
            assertThat(harness.models()).containsKeys("keyed/a", "keyed/b");
        }
    }

    @Test
    void a_key_does_not_expire_by_the_time_of_another_partition() throws Exception {
        try (LearnHarness harness = LearnHarness.start(SPEC)) {
            KeyedSample a = sample("a", 1, 0);
            harness.learn(new KeyedSample(a.modelKey(), a.spec(), with(a.sample(), 1, 0)));
            learnOthers(harness, 10 * TIME_TO_LIVE);
            harness.time(1_000_000);
            assertThat(harness.models()).containsKey("keyed/a");
        }
    }

    @Test
    void buffered_samples_keep_their_model() throws Exception {
        ModelSpec faster = ModelSpec.parse(SPEC.toYaml().replace("learningRate: 0.01", "learningRate: 0.5"));
        try (LearnHarness harness = LearnHarness.start(SPEC)) {
            harness.learn(sample("a", 1, 0));
            learnOthers(harness, 10 * TIME_TO_LIVE);
            harness.applyPending(faster);
            harness.snapshot();
            KeyedSample held = sample("a", 2, 1);
            harness.learn(new KeyedSample(held.modelKey(), Long.parseUnsignedLong(faster.hash(), 16), held.sample()));
            harness.time(1_000_000);
            harness.complete();
            assertThat(position(harness)).isEqualTo(2);
        }
    }

    @Test
    void a_key_of_a_failed_model_is_kept_and_expires_once_the_model_is_learned_again() throws Exception {
        ModelSpec repaired = ModelSpec.parse(SPEC.toYaml().replace("learningRate: 0.01", "learningRate: 0.5"));
        try (LearnHarness harness = LearnHarness.start(SPEC)) {
            harness.learn(sample("a", 1, 0));
            learnOthers(harness, 10 * TIME_TO_LIVE);
            KeyedSample keyed = sample("c", 2, 10 * TIME_TO_LIVE);
            harness.learn(keyed);
            harness.learn(new KeyedSample(keyed.modelKey(), keyed.spec(), outside(keyed.sample())));
            assertThat(harness.take(OutputRecord.DEAD_LETTERS)).hasSize(1);
            harness.time(1_000_000);
            assertThat(harness.models()).as("failed").containsKey("keyed/a");

            harness.apply(repaired);
            harness.time(3_599_999);
            assertThat(harness.models()).as("its timers rest for an hour").containsKey("keyed/a");
            harness.time(4_000_000);
            assertThat(harness.models()).containsOnlyKeys("keyed/b", "keyed/c");
        }
    }

    @Test
    void a_key_expires_that_has_received_no_sample_since_its_model_was_reset() throws Exception {
        ModelSpec reset = ModelSpec.parse(
                SPEC.toYaml().replace("hashBits: 4", "hashBits: 5").replace("reset: false", "reset: true"));
        try (LearnHarness harness = LearnHarness.start(SPEC)) {
            harness.learn(sample("a", 1, 0));
            harness.apply(reset);
            harness.time(100_000);
            assertThat(harness.models()).as("the partition has no event time").containsKey("keyed/a");
            for (int i = 0; i < 128; i++) {
                harness.learn(sample(reset, "b", i, 10 * TIME_TO_LIVE));
            }
            harness.time(1_000_000);
            assertThat(harness.models()).containsOnlyKeys("keyed/b");
        }
    }

    @Test
    void without_a_time_to_live_nothing_expires_and_no_timer_is_set() throws Exception {
        try (LearnHarness harness = LearnHarness.start(FOREVER)) {
            for (int i = 0; i < 100; i++) {
                KeyedSample keyed = TestStream.sample(FOREVER, i);
                harness.learn(
                        new KeyedSample(keyed.modelKey(), keyed.spec(), with(keyed.sample(), 0, i * TIME_TO_LIVE)));
            }
            harness.time(600);
            assertThat(harness.flink().numProcessingTimeTimers()).isZero();
            assertThat(harness.models().values().stream()
                            .mapToLong(state -> state.learner().lineage().position())
                            .sum())
                    .isEqualTo(100);
        }
    }

    /** Learns samples of key b until the partition has an event time. */
    private static void learnOthers(LearnHarness harness, long eventTime) throws Exception {
        for (int i = 0; i < 128; i++) {
            harness.learn(sample("b", i, eventTime));
        }
    }

    private static long position(LearnHarness harness) throws Exception {
        return harness.models().get("keyed/a").learner().lineage().position();
    }

    /** Returns samples of one partition: sixty keys that pause and resume, out of order by up to the time to live. */
    private static List<KeyedSample> stream(SplittableRandom random, int count) {
        List<KeyedSample> samples = new ArrayList<>();
        long time = 0;
        for (int i = 0; i < count; i++) {
            time += random.nextInt(100);
            int key = (int) (time / 15_000 * 7 + random.nextInt(12)) % 60;
            samples.add(sample("k" + key, i, time - random.nextLong(TIME_TO_LIVE)));
        }
        return samples;
    }

    /** Applies the rule to each key's samples separately. */
    private static Map<String, LearnerState> oracle(List<KeyedSample> samples) {
        Learner learner = new Learner(FOREVER);
        Map<String, LearnerState> states = new TreeMap<>();
        Map<String, List<KeyedSample>> byKey = samples.stream().collect(Collectors.groupingBy(KeyedSample::modelKey));
        int[] restarts = {0};
        byKey.forEach((modelKey, own) -> {
            LearnerState state = learner.start();
            long newest = own.get(0).sample().eventTime();
            for (KeyedSample keyed : own) {
                if (keyed.sample().eventTime() - newest > TIME_TO_LIVE) {
                    state = learner.start();
                    restarts[0]++;
                }
                newest = Math.max(newest, keyed.sample().eventTime());
                learner.learn(state, keyed.sample());
            }
            states.put(modelKey, state);
        });
        assertThat(restarts[0]).as("models that start from scratch").isPositive();
        return states;
    }

    private static KeyedSample sample(String key, long offset, long eventTime) {
        return sample(SPEC, key, offset, eventTime);
    }

    private static KeyedSample sample(ModelSpec spec, String key, long offset, long eventTime) {
        KeyedSample keyed = TestStream.sample(spec, offset);
        return new KeyedSample("keyed/" + key, keyed.spec(), with(keyed.sample(), 0, eventTime));
    }

    /** Returns a sample with a feature that is not in the parameter table, which fails its model. */
    private static Sample outside(Sample sample) {
        return new Sample(
                new Sample.Features(
                        sample.numeric(), sample.dense(), new int[] {1 << 20}, sample.ends(), new float[] {1}),
                sample.label(),
                sample.weight(),
                false,
                sample.position());
    }

    private static Sample with(Sample sample, int partition, long eventTime) {
        return new Sample(
                new Sample.Features(sample.numeric(), sample.dense(), sample.rows(), sample.ends(), sample.values()),
                sample.label(),
                sample.weight(),
                sample.holdout(),
                new Sample.Position(partition, sample.offset(), eventTime, sample.epoch()));
    }
}
