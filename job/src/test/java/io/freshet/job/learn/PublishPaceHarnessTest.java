package io.freshet.job.learn;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.job.TestLines;
import io.freshet.job.TestStream;
import io.freshet.job.learn.LearnHarness.Backend;
import io.freshet.job.record.OutputRecord;
import io.freshet.learning.spec.ModelSpec;
import java.util.List;
import java.util.SplittableRandom;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Would catch snapshots published more often than {@code publish.minimumMillis} allows, a due snapshot that waits for another
 * sample, and a timer for each sample.
 */
class PublishPaceHarnessTest {
    private static final int EVERY_MILLIS = 500;
    private static final int MINIMUM_MILLIS = 100;
    /** Due every 10 samples or 500 ms. */
    private static final ModelSpec SPEC = with("minimumMillis: 0", "minimumMillis: " + MINIMUM_MILLIS);

    private static final ModelSpec KEYED = ModelSpec.parse(TestStream.keyed()
            .toYaml()
            .replace("minimumMillis: 0", "minimumMillis: " + MINIMUM_MILLIS)
            .replace("size: 3", "size: 1"));

    private static ModelSpec with(String from, String to) {
        return ModelSpec.parse(TestStream.whole(1).toYaml().replace(from, to));
    }

    @Test
    void a_snapshot_due_too_early_is_published_by_one_timer() throws Exception {
        try (LearnHarness harness = LearnHarness.start(SPEC)) {
            harness.time(1000);
            harness.learn(SPEC, 0, 10);
            assertThat(harness.takeSnapshots()).singleElement().asString().startsWith("whole/ version 10 ");
            harness.learn(SPEC, 10, 60);
            harness.time(1099);
            harness.learn(SPEC, 60, 65);
            assertThat(harness.takeSnapshots()).isEmpty();
            assertThat(harness.flink().numProcessingTimeTimers()).isEqualTo(1);
            harness.time(1100);
            assertThat(harness.takeSnapshots()).singleElement().asString().startsWith("whole/ version 65 ");
            assertThat(harness.flink().numProcessingTimeTimers()).isZero();
            harness.time(10_000);
            assertThat(harness.takeSnapshots()).isEmpty();
        }
    }

    @Test
    void the_samples_after_a_snapshot_are_published_in_time() throws Exception {
        try (LearnHarness harness = LearnHarness.start(SPEC)) {
            harness.time(1000);
            harness.learn(SPEC, 0, 12);
            harness.takeSnapshots();
            harness.time(1000 + EVERY_MILLIS - 1);
            assertThat(harness.takeSnapshots()).isEmpty();
            harness.time(1000 + EVERY_MILLIS);
            assertThat(harness.takeSnapshots()).singleElement().asString().startsWith("whole/ version 12 ");
        }
    }

    /** Would catch a request to the brokers for each key. */
    @Test
    void keys_with_few_samples_are_published_together() throws Exception {
        try (LearnHarness harness = LearnHarness.start(KEYED)) {
            harness.time(1010);
            harness.learn(TestStream.sample(KEYED, 0, TestStream.valueOfKey(0, "k0")));
            harness.time(1045);
            harness.learn(TestStream.sample(KEYED, 1, TestStream.valueOfKey(1, "k1")));
            harness.time(1499);
            assertThat(harness.takeSnapshots()).isEmpty();
            harness.time(1500);
            assertThat(harness.takeSnapshots()).hasSize(2);
        }
    }

    @Test
    void a_snapshot_is_immediate_if_the_last_one_is_old_enough() throws Exception {
        try (LearnHarness harness = LearnHarness.start(SPEC)) {
            harness.time(1000);
            harness.learn(SPEC, 0, 10);
            harness.time(1000 + MINIMUM_MILLIS);
            harness.learn(SPEC, 10, 20);
            assertThat(harness.takeSnapshots()).hasSize(2);
        }
    }

    @Test
    void the_minimum_is_longer_than_a_shorter_delay() throws Exception {
        ModelSpec spec = with("everyMillis: 500, minimumMillis: 0", "everyMillis: 20, minimumMillis: 100");
        try (LearnHarness harness = LearnHarness.start(spec)) {
            harness.time(1000);
            harness.learn(spec, 0, 1);
            harness.time(1020);
            assertThat(harness.takeSnapshots()).singleElement().asString().startsWith("whole/ version 1 ");
            harness.learn(spec, 1, 2);
            harness.time(1119);
            assertThat(harness.takeSnapshots()).isEmpty();
            harness.time(1120);
            assertThat(harness.takeSnapshots()).singleElement().asString().startsWith("whole/ version 2 ");
        }
    }

    @Test
    void the_end_of_input_publishes_immediately() throws Exception {
        try (LearnHarness harness = LearnHarness.start(SPEC)) {
            harness.learn(SPEC, 0, 33);
            harness.end();
            assertThat(harness.takeSnapshots()).hasSize(2).last().asString().startsWith("whole/ version 33 ");
        }
    }

    @Test
    void a_deleted_model_is_not_paused_when_it_starts_again() throws Exception {
        try (LearnHarness harness = LearnHarness.start(SPEC)) {
            harness.learn(SPEC, 0, 15);
            harness.delete(SPEC);
            harness.takeParameters();
            harness.apply(SPEC);
            harness.learn(SPEC, 15, 25);
            assertThat(harness.takeSnapshots()).singleElement().asString().startsWith("whole/ version 10 ");
        }
    }

    @Test
    void the_committed_lane_has_no_minimum() throws Exception {
        ModelSpec spec = with("minimumMillis: 0, lane: eager", "minimumMillis: 100, lane: committed");
        try (LearnHarness harness = LearnHarness.start(spec)) {
            for (int checkpoint = 1; checkpoint <= 3; checkpoint++) {
                harness.learn(spec, checkpoint * 10L, checkpoint * 10L + 10);
                harness.snapshot();
                assertThat(TestLines.snapshots(harness.take(OutputRecord.COMMITTED)))
                        .hasSize(1);
            }
        }
    }

    /** A clock that was set back by an hour must not delay the next snapshot by an hour. */
    @Test
    void a_clock_that_is_set_back_does_not_prolong_the_pause() throws Exception {
        try (LearnHarness harness = LearnHarness.start(SPEC)) {
            harness.time(3_600_000);
            harness.learn(SPEC, 0, 10);
            harness.time(1000);
            harness.learn(SPEC, 10, 20);
            assertThat(harness.takeSnapshots()).hasSize(2);
        }
    }

    @ParameterizedTest
    @EnumSource(Backend.class)
    void a_restored_pause_ends_with_its_timer(Backend backend) throws Exception {
        try (LearnHarness harness = LearnHarness.start(backend, SPEC)) {
            harness.time(1000);
            harness.learn(SPEC, 0, 25);
            harness.takeSnapshots();
            OperatorSubtaskState state = harness.snapshot();
            try (LearnHarness restored = LearnHarness.restore(backend, state)) {
                assertThat(restored.flink().numProcessingTimeTimers()).isEqualTo(1);
                restored.time(1099);
                assertThat(restored.takeSnapshots()).isEmpty();
                restored.time(1100);
                assertThat(restored.takeSnapshots()).singleElement().asString().startsWith("whole/ version 25 ");
            }
        }
    }

    /** The timer of a restored state may fire during a pause that began after the restore. */
    @ParameterizedTest
    @EnumSource(Backend.class)
    void a_restored_timer_does_not_end_a_later_pause(Backend backend) throws Exception {
        try (LearnHarness harness = LearnHarness.start(backend, SPEC)) {
            harness.time(1000);
            harness.learn(SPEC, 0, 5);
            OperatorSubtaskState state = harness.snapshot();
            try (LearnHarness restored = LearnHarness.restore(backend, state)) {
                restored.time(1450);
                restored.learn(SPEC, 5, 30);
                assertThat(restored.takeSnapshots()).singleElement().asString().startsWith("whole/ version 10 ");
                restored.time(1549);
                assertThat(restored.takeSnapshots()).isEmpty();
                restored.time(1550);
                assertThat(restored.takeSnapshots()).singleElement().asString().startsWith("whole/ version 30 ");
            }
        }
    }

    @Test
    void snapshots_of_each_key_are_neither_too_close_nor_too_late() throws Exception {
        SplittableRandom random = new SplittableRandom(7);
        KeyPace[] keys = {new KeyPace("k0"), new KeyPace("k1")};
        try (LearnHarness harness = LearnHarness.start(KEYED)) {
            long offset = 0;
            for (long now = 1; now < 6_000; now++) {
                harness.time(now);
                check(keys, harness.takeSnapshots(), now);
                for (KeyPace key : keys) {
                    if (random.nextInt(100) < (key == keys[0] ? 80 : 1)) {
                        harness.learn(TestStream.sample(KEYED, offset, TestStream.valueOfKey(offset, key.name)));
                        offset++;
                        key.learned(now);
                        check(keys, harness.takeSnapshots(), now);
                    }
                }
                assertThat(harness.flink().numProcessingTimeTimers()).isLessThanOrEqualTo(2);
            }
        }
        assertThat(keys[0].snapshots).as("one at the end of each pause").isGreaterThan(50);
        assertThat(keys[1].snapshots).isGreaterThan(5);
    }

    private static void check(KeyPace[] keys, List<String> snapshots, long now) {
        for (String line : snapshots) {
            keys[line.startsWith("keyed/k0 ") ? 0 : 1].published(line, now);
        }
        for (KeyPace key : keys) {
            assertThat(now - key.firstUnpublished)
                    .as("oldest unpublished sample")
                    .isLessThanOrEqualTo(EVERY_MILLIS);
        }
    }

    /** The samples and snapshots of one key. */
    private static final class KeyPace {
        private final String name;
        private long samples;
        private long firstUnpublished = Long.MAX_VALUE;
        private long lastSnapshot;
        private int snapshots;

        KeyPace(String name) {
            this.name = name;
        }

        void learned(long now) {
            samples++;
            firstUnpublished = Math.min(firstUnpublished, now);
        }

        void published(String line, long now) {
            assertThat(line).startsWith("keyed/" + name + " version " + samples + " ");
            assertThat(snapshots == 0 || now - lastSnapshot >= MINIMUM_MILLIS)
                    .as("%s at %d after %d", line, now, lastSnapshot)
                    .isTrue();
            firstUnpublished = Long.MAX_VALUE;
            lastSnapshot = now;
            snapshots++;
        }
    }
}
