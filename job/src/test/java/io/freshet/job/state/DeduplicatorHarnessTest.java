package io.freshet.job.state;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.job.TestStream;
import io.freshet.job.learn.LearnHarness;
import io.freshet.job.learn.LearnHarness.Backend;
import io.freshet.job.record.KeyedSample;
import io.freshet.learning.features.Lineage;
import io.freshet.learning.features.Sample;
import io.freshet.learning.features.SampleId;
import io.freshet.learning.learner.LearnerState;
import io.freshet.learning.spec.ModelSpec;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Would catch a sample learned twice, a new sample dropped, and ids missing from a checkpoint. */
class DeduplicatorHarnessTest {
    private static final long WINDOW = 1_000;
    private static final ModelSpec SPEC = deduplicating(TestStream.whole(1));
    private static final ModelSpec KEYED = deduplicating(TestStream.keyed());

    @ParameterizedTest
    @EnumSource(Backend.class)
    void drops_the_same_samples_as_a_list_of_all_ids_through_failures(Backend backend) throws Exception {
        for (long seed = 1; seed <= backend.trials(8); seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            List<KeyedSample> samples = new ArrayList<>();
            long time = random.nextLong(-5_000, 5_000);
            for (int i = 0; i < 1_500; i++) {
                time += random.nextInt(20);
                samples.add(sample(KEYED, i, "id" + random.nextInt(30), time - random.nextInt(300)));
            }
            Map<String, Long> expected = new HashMap<>();
            for (KeyedSample sample : unique(samples)) {
                expected.merge(sample.modelKey(), 1L, Long::sum);
            }
            assertThat(unique(samples).size()).as("some are dropped").isBetween(500, 1_300);

            LearnHarness harness = LearnHarness.start(backend, KEYED);
            OperatorSubtaskState checkpoint = harness.snapshot();
            int restart = -1;
            for (int i = 0; i < samples.size(); i++) {
                harness.learn(samples.get(i));
                int event = random.nextInt(300);
                if (event < 3) {
                    checkpoint = harness.snapshot();
                    restart = i;
                } else if (event == 3) {
                    harness.close();
                    harness = LearnHarness.restore(backend, checkpoint);
                    i = restart;
                }
            }
            harness.end();
            Map<String, Long> learned = new HashMap<>();
            harness.models()
                    .forEach((modelKey, state) ->
                            learned.put(modelKey, state.learner().samples()));
            assertThat(learned).as("seed %s", seed).isEqualTo(expected);
            assertThat(harness.models().values().stream()
                            .mapToLong(state -> state.learner().lineage().position())
                            .sum())
                    .as("all received")
                    .isEqualTo(samples.size());
            harness.close();
        }
    }

    @Test
    void learns_the_other_samples_bit_for_bit() throws Exception {
        List<KeyedSample> samples = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            samples.add(sample(SPEC, i, "id" + i % 70, i * 10));
        }
        try (LearnHarness all = LearnHarness.start(SPEC);
                LearnHarness without = LearnHarness.start(SPEC)) {
            for (KeyedSample sample : samples) {
                all.learn(sample);
            }
            for (KeyedSample sample : unique(samples)) {
                without.learn(new KeyedSample(sample.modelKey(), sample.spec(), sample.sample()));
            }
            assertThat(unique(samples).size()).isBetween(71, 299);
            LearnerState learned = all.models().get("whole/").learner();
            LearnerState expected = without.models().get("whole/").learner();
            assertThat(learned.weights()).isEqualTo(expected.weights());
            assertThat(learned.moments()).isEqualTo(expected.moments());
            assertThat(learned.total().metrics()).isEqualTo(expected.total().metrics());
            assertThat(learned.lineage().offsets()).isEqualTo(expected.lineage().offsets());
            assertThat(learned.lineage().position()).as("all received").isEqualTo(300);
        }
    }

    @Test
    void the_window_includes_its_ends_and_extends_both_ways() throws Exception {
        try (LearnHarness harness = LearnHarness.start(SPEC)) {
            harness.learn(sample(SPEC, 0, "a", 5_000));
            harness.learn(sample(SPEC, 1, "a", 6_000));
            harness.learn(sample(SPEC, 2, "a", 4_000));
            assertThat(learned(harness)).isEqualTo(1);
            harness.learn(sample(SPEC, 3, "a", 6_001));
            assertThat(learned(harness)).isEqualTo(2);
            harness.learn(sample(SPEC, 4, "a", 3_999));
            assertThat(learned(harness)).isEqualTo(3);
        }
    }

    @Test
    void a_sample_without_an_id_is_never_a_duplicate() throws Exception {
        try (LearnHarness harness = LearnHarness.start(SPEC)) {
            KeyedSample nameless = TestStream.sample(SPEC, 1);
            harness.learn(nameless);
            harness.learn(nameless);
            assertThat(learned(harness)).isEqualTo(2);
        }
    }

    @Test
    void a_distant_event_time_evicts_no_ids() throws Exception {
        try (LearnHarness harness = LearnHarness.start(SPEC)) {
            harness.learn(sample(SPEC, 0, "a", 5_000));
            harness.learn(sample(SPEC, 1, "b", Long.MAX_VALUE));
            harness.learn(sample(SPEC, 2, "a", 5_000));
            harness.learn(sample(SPEC, 3, "b", Long.MIN_VALUE));
            harness.learn(sample(SPEC, 4, "b", Long.MAX_VALUE));
            assertThat(learned(harness)).as("a, b, b").isEqualTo(3);
        }
    }

    /** The window bounds memory: ids of at most four half windows are stored. */
    @Test
    void old_ids_are_deleted() throws Exception {
        try (LearnHarness harness = LearnHarness.start(SPEC)) {
            for (int i = 0; i < 5_000; i++) {
                harness.learn(sample(SPEC, i, "id" + i, i * 10));
            }
            assertThat(harness.flink().numKeyedStateEntries()).isLessThan(400);
            harness.delete(SPEC);
            assertThat(harness.flink().numKeyedStateEntries()).isZero();
        }
    }

    @Test
    void a_changed_window_starts_without_ids() throws Exception {
        ModelSpec wider = ModelSpec.parse(SPEC.toYaml().replace("deduplicate: 1s", "deduplicate: 1h"));
        try (LearnHarness harness = LearnHarness.start(SPEC)) {
            harness.learn(sample(SPEC, 0, "a", 0));
            harness.apply(wider);
            harness.learn(sample(wider, 1, "a", 0));
            harness.learn(sample(wider, 2, "a", 3_600_000));
            assertThat(learned(harness)).isEqualTo(2);
        }
    }

    /** Otherwise, the ids would stay until the model is deleted. */
    @Test
    void switching_deduplication_off_deletes_the_ids() throws Exception {
        ModelSpec off = ModelSpec.parse(SPEC.toYaml().replace("deduplicate: 1s", "deduplicate: 0"));
        try (LearnHarness harness = LearnHarness.start(SPEC)) {
            harness.learn(sample(SPEC, 0, "a", 0));
            int few = harness.flink().numKeyedStateEntries();
            for (int i = 1; i < 50; i++) {
                harness.learn(sample(SPEC, i, "a" + i, i));
            }
            harness.apply(off);
            harness.learn(sample(off, 50, "a", 0));
            assertThat(harness.flink().numKeyedStateEntries()).isLessThan(few);
            harness.apply(SPEC);
            harness.learn(sample(SPEC, 51, "a", 0));
            harness.learn(sample(SPEC, 52, "a", 0));
            assertThat(learned(harness)).isEqualTo(52);
        }
    }

    /** Otherwise, the lineage of an incarnation would be incomplete. */
    @Test
    void a_reset_model_has_received_no_ids() throws Exception {
        ModelSpec reset = ModelSpec.parse(SPEC.toYaml().replace("reset: false", "reset: true"));
        ModelSpec narrower = ModelSpec.parse(reset.toYaml().replace("hashBits: 6", "hashBits: 5"));
        try (LearnHarness harness = LearnHarness.start(SPEC)) {
            harness.learn(sample(SPEC, 0, "a", 0));
            harness.apply(reset);
            harness.learn(sample(reset, 1, "a", 0));
            assertThat(learned(harness)).isEqualTo(1);
            harness.apply(narrower);
            harness.learn(sample(narrower, 2, "a", 0));
            harness.learn(sample(narrower, 3, "a", 0));
            assertThat(learned(harness)).isEqualTo(1);
            Lineage lineage = harness.models().get("whole/").learner().lineage();
            assertThat(lineage.firstOffsets()).containsExactly(2);
            assertThat(lineage.position()).isEqualTo(2);
        }
    }

    /** A change takes effect even if its first sample is a duplicate. */
    @Test
    void a_change_whose_first_sample_is_a_duplicate_is_in_the_lineage() throws Exception {
        ModelSpec faster = ModelSpec.parse(SPEC.toYaml().replaceFirst("learningRate: [0-9.]+", "learningRate: 0.5"));
        try (LearnHarness harness = LearnHarness.start(SPEC)) {
            harness.learn(sample(SPEC, 0, "a", 0));
            harness.apply(faster);
            harness.learn(sample(faster, 1, "a", 0));
            harness.learn(sample(faster, 2, "b", 0));
            assertThat(harness.models().get("whole/").learner().lineage().changes())
                    .containsExactly(
                            new Lineage.Change(0, 0, SPEC.hash()), new Lineage.Change(1, 1, faster.hash(), 0, 1));
        }
    }

    /** Applies the rule to a list of all samples: returns those whose id was not received within the window. */
    private static List<KeyedSample> unique(List<KeyedSample> samples) {
        List<KeyedSample> unique = new ArrayList<>();
        for (KeyedSample sample : samples) {
            if (unique.stream()
                    .noneMatch(before -> before.modelKey().equals(sample.modelKey())
                            && before.id().equals(sample.id())
                            && Math.abs(before.sample().eventTime()
                                            - sample.sample().eventTime())
                                    <= WINDOW)) {
                unique.add(sample);
            }
        }
        return unique;
    }

    private static long learned(LearnHarness harness) throws Exception {
        return harness.models().get("whole/").learner().samples();
    }

    private static KeyedSample sample(ModelSpec spec, long offset, String id, long eventTime) {
        KeyedSample keyed = TestStream.sample(spec, offset);
        Sample sample = keyed.sample();
        byte[] text = id.getBytes(UTF_8);
        return new KeyedSample(
                keyed.modelKey(),
                keyed.spec(),
                new Sample(
                        new Sample.Features(
                                sample.numeric(), sample.dense(), sample.rows(), sample.ends(), sample.values()),
                        sample.label(),
                        sample.weight(),
                        sample.holdout(),
                        new Sample.Position(sample.partition(), sample.offset(), eventTime, sample.epoch())),
                SampleId.of(text, 0, text.length, 0));
    }

    private static ModelSpec deduplicating(ModelSpec spec) {
        return ModelSpec.parse(spec.toYaml().replace("deduplicate: 0", "deduplicate: 1s"));
    }
}
