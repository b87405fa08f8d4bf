package io.freshet.job.learn;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.job.TestStream;
import io.freshet.job.record.KeyedSample;
import io.freshet.job.record.ModelKey;
import io.freshet.job.record.OutputRecord;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.avro.KeyedBytes;
import io.freshet.schemas.avro.MalformedRecordException;
import io.freshet.schemas.snapshot.RoundsRecord;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Would catch a record of the rounds topic that is damaged, foreign, or repeated, and changes or stops what is learned. */
class DamagedRoundsHarnessTest {
    private static final List<String> KEYS = ModelKey.ofReplicas("shared", 2);
    private static final int SAMPLES = 300;
    private static final byte MERGED = 3;

    @ParameterizedTest
    @ValueSource(strings = {"period: 10", "period: 10, staleness: 0"})
    void records_that_do_not_belong_in_the_topic_are_skipped(String replicas) throws Exception {
        ModelSpec spec = spec(replicas);

        Map<String, String> expected = learned(spec, new TestRounds());
        TestRounds rounds = new TestRounds();
        rounds.storing(DamagedRoundsHarnessTest::withNoise);

        assertThat(learned(spec, rounds)).isEqualTo(expected).containsKey("shared/");
    }

    private static ModelSpec spec(String replicas) {
        return ModelSpec.parse("""
                {name: shared, label: y, features: {numeric: [a, b], categorical: [d], hashBits: 15},
                 loss: binary-cross-entropy, optimizer: {type: adagrad}, evaluation: {window: 50},
                 publish: {everySamples: 50, minimumMillis: 0}, replicas: {count: 2, %s}}
                """.formatted(replicas));
    }

    private static void learn(LearnHarness harness, TestRounds rounds, ModelSpec spec) throws Exception {
        for (int i = 0; i < SAMPLES; i++) {
            int partition = i % LearnHarness.PARTITIONS;
            KeyedSample sample = TestStream.sample(spec, partition, i / LearnHarness.PARTITIONS);
            harness.learn(new KeyedSample(KEYS.get(partition % 2), sample.spec(), sample.sample()));
            harness.receive(rounds);
        }
    }

    private static Map<String, String> learned(ModelSpec spec, TestRounds rounds) throws Exception {
        try (LearnHarness harness = LearnHarness.start(rounds, spec)) {
            learn(harness, rounds, spec);
            assertThat(harness.models().get("shared/").learner().samples()).isGreaterThan(SAMPLES / 2);
            assertThat(harness.take(OutputRecord.DEAD_LETTERS)).isEmpty();
            return harness.learnerStates();
        }
    }

    private static List<KeyedBytes> withNoise(KeyedBytes sent) {
        byte[] value = sent.value();
        byte[] damaged = value.clone();
        damaged[value.length / 2] ^= 4;
        byte[] newer = value.clone();
        newer[0]++;
        List<KeyedBytes> records = new ArrayList<>(List.of(
                record(sent, null),
                record(sent, new byte[0]),
                record(sent, "{}".getBytes(StandardCharsets.UTF_8)),
                record(sent, Arrays.copyOf(value, value.length - 3)),
                record(sent, damaged),
                record(sent, newer)));
        RoundsRecord read = read(value);
        records.add(record(sent, from(read, "another origin", read.sender())));
        // A point has no replica.
        if (read.type() != MERGED) {
            records.add(record(sent, from(read, read.origin(), 7)));
            records.add(record(sent, from(read, read.origin(), -1)));
        }
        records.add(sent);
        records.add(sent);
        return records;
    }

    private static byte[] from(RoundsRecord record, String origin, int sender) {
        return new RoundsRecord(
                        record.type(),
                        origin,
                        sender,
                        record.round(),
                        record.id(),
                        record.part(),
                        record.parts(),
                        record.bytes())
                .value();
    }

    private static KeyedBytes record(KeyedBytes sent, byte @Nullable [] value) {
        return new KeyedBytes(sent.key(), value);
    }

    private static RoundsRecord read(byte @Nullable [] value) {
        try {
            return RoundsRecord.read(value);
        } catch (MalformedRecordException e) {
            throw new IllegalStateException(e);
        }
    }
}
