package io.freshet.job.learn;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.job.TestLines;
import io.freshet.job.TestOracle;
import io.freshet.job.TestStream;
import io.freshet.job.learn.LearnHarness.Backend;
import io.freshet.job.record.OutputRecord;
import io.freshet.learning.spec.ModelSpec;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Would catch a snapshot of the committed lane that is not in the checkpoint that makes it visible, and a snapshot left in a
 * model's previous lane.
 */
class LaneHarnessTest {
    private static final ModelSpec EAGER = TestStream.whole(1);
    private static final ModelSpec COMMITTED = committed(EAGER);
    private static final ModelSpec LARGE = with(EAGER, "hashBits: 6", "hashBits: 16");
    /** Blocks of 2^16 + 3 parameters. */
    private static final int BLOCKS = 5;

    @Test
    void publishes_to_the_committed_lane_only_before_a_barrier() throws Exception {
        try (LearnHarness harness = LearnHarness.start(COMMITTED)) {
            harness.learn(COMMITTED, 0, 9);
            harness.snapshot();
            assertThat(committed(harness)).as("not due").isEmpty();

            harness.learn(COMMITTED, 9, 45);
            assertThat(committed(harness)).as("no barrier yet").isEmpty();
            harness.snapshot();
            assertThat(committed(harness)).singleElement().asString().startsWith("whole/ version 45 ");
            assertThat(harness.models().get("whole/").published().version()).isEqualTo(45);
            harness.snapshot();
            assertThat(committed(harness)).as("nothing new").isEmpty();
            assertThat(harness.takeSnapshots()).isEmpty();
        }
    }

    @Test
    void a_timer_makes_a_committed_snapshot_due() throws Exception {
        try (LearnHarness harness = LearnHarness.start(COMMITTED)) {
            harness.time(1000);
            harness.learn(COMMITTED, 0, 3);
            harness.time(1499);
            harness.snapshot();
            assertThat(committed(harness)).isEmpty();
            harness.time(1500);
            harness.learn(COMMITTED, 3, 4);
            harness.snapshot();
            assertThat(committed(harness)).singleElement().asString().startsWith("whole/ version 4 ");
        }
    }

    @ParameterizedTest
    @EnumSource(Backend.class)
    void a_restored_model_is_published_as_it_would_have_been(Backend backend) throws Exception {
        try (LearnHarness harness = LearnHarness.start(backend, COMMITTED)) {
            harness.time(1000);
            harness.learn(COMMITTED, 0, 3);
            try (LearnHarness restored = LearnHarness.restore(backend, harness.snapshot())) {
                restored.time(1500);
                restored.snapshot();
                assertThat(committed(restored)).singleElement().asString().startsWith("whole/ version 3 ");
            }
        }
    }

    @Test
    void the_end_of_input_publishes_each_key_to_the_committed_lane() throws Exception {
        ModelSpec keyed = committed(TestStream.keyed());
        try (LearnHarness harness = LearnHarness.start(keyed)) {
            harness.learn(keyed, 0, 53);
            harness.end();
            assertThat(committed(harness).stream().map(line -> line.substring(0, line.indexOf(" Metrics"))))
                    .containsExactlyInAnyOrderElementsOf(TestOracle.lines(keyed, 0, 53));
            harness.snapshot();
            assertThat(committed(harness)).isEmpty();
            assertThat(harness.takeSnapshots()).isEmpty();
        }
    }

    @Test
    void a_lane_change_deletes_the_snapshot_in_the_old_lane_once_it_is_in_the_new_one() throws Exception {
        ModelSpec toCommitted = committed(LARGE);
        try (LearnHarness harness = LearnHarness.start(LARGE)) {
            harness.learn(LARGE, 0, 10);
            assertThat(keys(harness.takeParameters())).containsExactlyInAnyOrderElementsOf(all());

            harness.apply(toCommitted);
            harness.learn(toCommitted, 10, 20);
            harness.snapshot();
            assertThat(keys(harness.take(OutputRecord.COMMITTED)))
                    .as("all blocks")
                    .containsExactlyInAnyOrderElementsOf(all());
            assertThat(harness.takeParameters())
                    .as("kept until the new lane is readable")
                    .isEmpty();

            harness.learn(toCommitted, 20, 30);
            harness.snapshot();
            assertThat(harness.take(OutputRecord.COMMITTED)).hasSizeLessThanOrEqualTo(BLOCKS + 1);
            assertTombstones(harness.takeParameters());

            harness.apply(LARGE);
            harness.learn(LARGE, 30, 40);
            assertThat(keys(harness.takeParameters())).containsExactlyInAnyOrderElementsOf(all());
            assertThat(harness.take(OutputRecord.COMMITTED)).isEmpty();
            harness.learn(LARGE, 40, 50);
            assertThat(harness.takeParameters()).isNotEmpty();
            assertTombstones(harness.take(OutputRecord.COMMITTED));
        }
    }

    @Test
    void a_lane_change_at_the_end_of_input_leaves_one_lane() throws Exception {
        try (LearnHarness harness = LearnHarness.start(EAGER)) {
            harness.learn(EAGER, 0, 10);
            harness.apply(COMMITTED);
            harness.learn(COMMITTED, 10, 13);
            harness.takeParameters();
            harness.end();
            assertThat(committed(harness)).singleElement().asString().startsWith("whole/ version 13 ");
            assertThat(harness.takeSnapshots()).containsExactly("delete whole/");
        }
    }

    @Test
    void a_deleted_model_gets_tombstones_in_its_lane_and_its_old_one() throws Exception {
        ModelSpec toCommitted = committed(LARGE);
        try (LearnHarness harness = LearnHarness.start(LARGE)) {
            harness.learn(LARGE, 0, 10);
            harness.apply(toCommitted);
            harness.learn(toCommitted, 10, 20);
            harness.snapshot();
            harness.take(OutputRecord.COMMITTED);
            harness.takeParameters();

            harness.delete(LARGE);
            assertTombstones(harness.take(OutputRecord.COMMITTED));
            assertTombstones(harness.takeParameters());
            harness.snapshot();
            assertThat(harness.take(OutputRecord.COMMITTED)).isEmpty();
        }
    }

    private static void assertTombstones(List<OutputRecord> records) {
        assertThat(keys(records)).containsExactlyInAnyOrderElementsOf(all());
        assertThat(records).allMatch(record -> record.value() == null);
    }

    private static List<String> all() {
        return Stream.concat(Stream.of("whole/"), IntStream.range(0, BLOCKS).mapToObj(block -> "whole#" + block + "/"))
                .toList();
    }

    private static List<String> keys(List<OutputRecord> records) {
        return records.stream()
                .map(record -> new String(record.key(), StandardCharsets.UTF_8))
                .toList();
    }

    private static List<String> committed(LearnHarness harness) {
        return TestLines.snapshots(harness.take(OutputRecord.COMMITTED));
    }

    private static ModelSpec committed(ModelSpec spec) {
        return with(spec, "lane: eager", "lane: committed");
    }

    private static ModelSpec with(ModelSpec spec, String from, String to) {
        assertThat(spec.toYaml()).contains(from);
        return ModelSpec.parse(spec.toYaml().replace(from, to));
    }
}
