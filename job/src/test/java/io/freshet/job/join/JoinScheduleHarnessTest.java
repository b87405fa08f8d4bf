package io.freshet.job.join;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.job.learn.LearnHarness.Backend;
import io.freshet.job.record.RecordHeaders;
import io.freshet.job.record.SourceRecord;
import io.freshet.learning.join.JoinOutcome;
import io.freshet.learning.join.JoinRequest;
import io.freshet.learning.join.JoinState;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.sample.SampleWriter;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Catches timers and states that get lost, fire twice, or are mixed up between ids: many ids of several models at once, with
 * restores in between, must have what the rule gives each of them in memory.
 */
class JoinScheduleHarnessTest {
    private static final long SEED = Long.getLong("freshet.join.seed", 32);
    private static final int TRIALS = 10;
    private static final int IDS = 30;
    private static final int STEPS = 300;
    private static final SampleWriter WRITER = new SampleWriter();
    private static final List<ModelSpec> SPECS = List.of(
            spec("sums", "{within: 20ms, after: 5ms, grace: 30ms, several: sum, missing: {label: 0}}"),
            spec("last", "{within: 30ms, after: 0, grace: 0, several: last, missing: drop}"),
            spec(
                    "means",
                    "{within: 9ms, after: 9ms, grace: 50ms, several: mean, missing: {label: 1}, exposure: shown}"),
            spec("waits", "{within: 15ms, grace: 20ms, several: max, missing: {label: 0}, delayed: wait}"));

    private static ModelSpec spec(String name, String join) {
        return ModelSpec.parse("""
                {name: %s, label: y, features: {numeric: [a]}, loss: mean-squared-error,
                 optimizer: {type: sgd}, join: %s}
                """.formatted(name, join));
    }

    @ParameterizedTest
    @EnumSource(Backend.class)
    void restored_subtasks_give_each_id_what_the_rule_gives_it(Backend backend) throws Exception {
        for (int trial = 0; trial < backend.trials(TRIALS); trial++) {
            Random random = new Random(SEED + trial);
            RuleIds expected = new RuleIds(SPECS);
            try (JoinedIds joined = new JoinedIds(backend, SPECS, 1 + random.nextInt(3))) {
                long watermark = 0;
                for (int step = 0; step < STEPS; step++) {
                    if (random.nextInt(4) == 0) {
                        watermark = Math.max(watermark, step / 2 + random.nextInt(20));
                        joined.advance(watermark);
                        expected.advance(watermark);
                    }
                    JoinInput.Keyed input = draw(step, random);
                    joined.send(input);
                    expected.send(input);
                    if (random.nextInt(40) == 0) {
                        joined.restart(1 + random.nextInt(3));
                    }
                }
                joined.advance(10_000);
                expected.advance(10_000);
                assertThat(sorted(joined.outputs())).as("seed %d", SEED + trial).isEqualTo(sorted(expected.outputs()));
                assertThat(joined.kept()).as("ids kept").isZero();
                assertThat(joined.timers()).as("timers").isZero();
            }
        }
    }

    /** After a restore, all subtasks have reached the newest event time of any, but their timers have not fired yet. */
    @Test
    void an_outcome_right_after_a_restore_survives_until_it_is_an_orphan() throws Exception {
        try (JoinedIds joined = new JoinedIds(Backend.HEAP, SPECS, 2)) {
            List<String> keys =
                    IntStream.range(0, IDS).mapToObj(i -> "sums/i" + i).toList();
            for (String key : keys) {
                joined.send(request(key, 1, false));
            }
            joined.subtask(keys.get(0)).processWatermark(new Watermark(60));
            joined.restart(2);
            for (String key : keys) {
                joined.send(outcome(key, 21, 1, null, 1));
            }
            joined.advance(1_000);
            for (String key : keys) {
                assertThat(joined.outputs().get(key))
                        .as(key)
                        .containsExactly("OPEN 0.0", "CLOSED 0.0", "outcome 1 orphan");
            }
        }
    }

    /** {@code sums} keeps an outcome for 50 ms, which is 5,000 outcomes here. */
    @Test
    void a_million_outcomes_without_requests_are_kept_no_longer_than_their_time() throws Exception {
        try (JoinedIds joined = new JoinedIds(Backend.HEAP, SPECS, 1)) {
            int most = 0;
            int orphans = 0;
            for (int i = 0; i < 1_000_000; i++) {
                joined.send(outcome("sums/i" + i, i / 100, i, null, 1));
                if (i % 10_000 == 0) {
                    joined.advance(i / 100);
                    most = Math.max(most, joined.kept());
                    orphans += joined.discard();
                }
            }
            assertThat(most).as("ids kept at most").isBetween(4_000, 20_000);
            joined.advance(100_000);
            assertThat(orphans + joined.discard()).as("orphans").isEqualTo(1_000_000);
            assertThat(joined.kept()).as("ids kept").isZero();
            assertThat(joined.timers()).as("timers").isZero();
        }
    }

    private static JoinInput.Keyed draw(int step, Random random) {
        String key = SPECS.get(random.nextInt(SPECS.size())).name() + "/i" + random.nextInt(IDS);
        long time = 10L + step / 2 + random.nextInt(10);
        if (random.nextInt(3) == 0) {
            return request(key, time, random.nextBoolean());
        }
        double value = random.nextInt(5) == 0 ? Double.NaN : random.nextInt(4) / 10.0;
        String outcomeId = random.nextBoolean() ? null : "o" + random.nextInt(3);
        return outcome(key, time + random.nextInt(10), step, outcomeId, value);
    }

    private static JoinInput.Keyed request(String key, long time, boolean exposed) {
        int slash = key.indexOf('/');
        byte[] sample =
                WRITER.write(key.substring(slash + 1), key.substring(0, slash), time, Map.of("a", 0.5), Map.of());
        byte[] content = new RequestContent(sample, null, List.of(), List.of().hashCode()).write();
        return new JoinInput.Requested(
                key, new JoinRequest(time, exposed, content), JoinState.NO_INCARNATION, record(key, 0, "request"));
    }

    private static JoinInput.Keyed outcome(
            String key, long time, int offset, @org.jspecify.annotations.Nullable String outcomeId, double value) {
        return new JoinInput.Observed(
                key,
                new JoinOutcome(time, 0, offset, value, outcomeId, offset % 3 == 0, null),
                JoinState.NO_INCARNATION,
                record(key, offset, "outcome " + offset));
    }

    private static SourceRecord record(String key, int offset, String value) {
        return new SourceRecord(0, offset, 0, key.getBytes(UTF_8), value.getBytes(UTF_8), RecordHeaders.NONE);
    }

    /** Samples in their order, then the others in any: they are in another topic. */
    private static Map<String, List<String>> sorted(Map<String, List<String>> outputs) throws IOException {
        Map<String, List<String>> sorted = new TreeMap<>();
        outputs.forEach((id, all) -> {
            List<String> lines = new ArrayList<>(all.stream()
                    .filter(line -> Character.isUpperCase(line.charAt(0)))
                    .toList());
            all.stream()
                    .filter(line -> Character.isLowerCase(line.charAt(0)))
                    .sorted()
                    .forEach(lines::add);
            sorted.put(id, lines);
        });
        return sorted;
    }
}
