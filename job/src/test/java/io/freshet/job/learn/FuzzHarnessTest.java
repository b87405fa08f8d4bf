package io.freshet.job.learn;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.job.TestStream;
import io.freshet.job.record.KeyedSample;
import io.freshet.job.record.ModelKey;
import io.freshet.job.record.OutputRecord;
import io.freshet.job.record.SpecChange;
import io.freshet.job.source.SpecChangeReader;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.avro.KeyedBytes;
import io.freshet.schemas.avro.MalformedRecordException;
import io.freshet.schemas.snapshot.RoundsRecord;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Mutated records on every topic that the job reads. Would catch a record that makes the job fail, or learn others differently.
 *
 * <p>Mutations are random, from a seed: {@code -Dfreshet.abuse.seed=N}. {@code -Dfreshet.abuse.rounds=N} repeats them with
 * other ones; 334 rounds are 100,000 specifications and 100,000 samples in each format.
 */
@Timeout(600)
class FuzzHarnessTest {
    private static final List<String> KEYS = ModelKey.ofReplicas("shared", 2);
    private static final long SEED = Long.getLong("freshet.abuse.seed", 1);
    private static final int ROUNDS = Integer.getInteger("freshet.abuse.rounds", 1);
    private static final int RECORDS = 300;
    /** A harness with larger models would measure the heap. */
    private static final long LARGEST_LEARNED = 1 << 16;

    private static final int HONEST = 5;
    private static final ModelSpec WHOLE = TestStream.whole(4);

    @BeforeAll
    static void print_the_seed() {
        System.out.println("seed " + SEED + ", rounds " + ROUNDS);
    }

    @Test
    void specifications_never_stop_the_job_or_change_another_model() throws Exception {
        long applied = 0;
        for (int round = 0; round < ROUNDS; round++) {
            applied += specifications(new Random(SEED + round));
        }
        assertThat(applied).isGreaterThan(10L * ROUNDS);
    }

    /** Returns how many of the specifications were valid. */
    private static long specifications(Random random) throws Exception {
        Mutations mutations = new Mutations(random);
        long applied = 0;
        try (DecodedStream decoded = new DecodedStream(FuzzFormat.AVRO.format(), List.of(WHOLE));
                LearnHarness learning = LearnHarness.start(new TestRounds(), WHOLE);
                LearnHarness undisturbed = LearnHarness.start(WHOLE)) {
            long offset = 0;
            for (int i = 0; i < RECORDS; i++) {
                SpecChange change = SpecChangeReader.read(
                        new ConsumerRecord<>("models", 0, i, mutations.specKey(), mutations.specRecord()), false);
                if (change == null || change.name().equals(WHOLE.name()) || isLarge(change)) {
                    continue;
                }
                applied += change instanceof SpecChange.Applied ? 1 : 0;
                decoded.apply(change);
                learning.flink().processElement(new StreamRecord<>(change));
                if (random.nextInt(4) == 0) {
                    decoded.checkpoint();
                    learning.snapshot();
                    learning.complete();
                }
                for (int k = 0; k < HONEST; k++) {
                    for (KeyedSample sample : decoded.samples(offset, TestStream.value(offset))) {
                        learning.learn(sample);
                    }
                    undisturbed.learn(WHOLE, offset, ++offset);
                }
                if (random.nextInt(20) == 0) {
                    decoded.apply(SpecChange.deleted(change.name()));
                    learning.flink().processElement(new StreamRecord<>(SpecChange.deleted(change.name())));
                }
                learning.takeParameters();
                learning.take(OutputRecord.EVALUATIONS);
                learning.take(OutputRecord.HISTORY);
                learning.take(OutputRecord.DEAD_LETTERS);
            }
            assertThat(learning.learnerStates())
                    .containsEntry("whole/", undisturbed.learnerStates().get("whole/"));
        }
        return applied;
    }

    private static boolean isLarge(SpecChange change) {
        if (!(change instanceof SpecChange.Applied applied)) {
            return false;
        }
        ModelSpec spec = applied.spec();
        return (long) spec.parameterCount() * (1 + spec.optimizer().slots()) > LARGEST_LEARNED;
    }

    @ParameterizedTest
    @EnumSource(FuzzFormat.class)
    void samples_never_stop_the_job(FuzzFormat kind) throws Exception {
        List<ModelSpec> models = new ArrayList<>(List.of(WHOLE, TestStream.keyed()));
        models.addAll(Mutations.models());
        for (int round = 0; round < ROUNDS; round++) {
            Random random = new Random(SEED + round);
            Mutations mutations = new Mutations(random);
            try (DecodedStream decoded = new DecodedStream(kind.format(), models);
                    LearnHarness learning = LearnHarness.start(models.toArray(ModelSpec[]::new))) {
                for (int i = 0; i < RECORDS; i++) {
                    for (KeyedSample sample : decoded.samples(i, mutations.of(kind.sample(i), kind.isText()))) {
                        learning.learn(sample);
                    }
                    learning.takeParameters();
                    learning.take(OutputRecord.EVALUATIONS);
                    learning.take(OutputRecord.HISTORY);
                    learning.take(OutputRecord.DEAD_LETTERS);
                }
                assertThat(decoded.samples(RECORDS, kind.sample(RECORDS))).isNotEmpty();
                assertThat(decoded.deadLetters()).isPositive();
                learning.snapshot();
                learning.end();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"period: 10", "period: 10, staleness: 0"})
    void records_of_the_rounds_topic_never_stop_the_job(String replicas) throws Exception {
        ModelSpec spec = ModelSpec.parse("""
                {name: shared, label: y, features: {numeric: [a, b], categorical: [d], hashBits: 15},
                 loss: binary-cross-entropy, optimizer: {type: adagrad}, evaluation: {window: 50},
                 publish: {everySamples: 50, minimumMillis: 0}, replicas: {count: 2, %s}}
                """.formatted(replicas));
        for (int round = 0; round < ROUNDS; round++) {
            Random random = new Random(SEED + round);
            Mutations mutations = new Mutations(random);
            TestRounds rounds = new TestRounds();
            rounds.storing(sent -> noise(sent, mutations, random));
            try (LearnHarness harness = LearnHarness.start(rounds, spec, WHOLE)) {
                for (int i = 0; i < RECORDS / 5; i++) {
                    int partition = i % LearnHarness.PARTITIONS;
                    KeyedSample sample = TestStream.sample(spec, partition, i / LearnHarness.PARTITIONS);
                    harness.learn(new KeyedSample(KEYS.get(partition % 2), sample.spec(), sample.sample()));
                    harness.receive(rounds);
                }
                harness.learn(WHOLE, 0, 20);
                assertThat(harness.models().get("whole/").learner().samples()).isEqualTo(20);
                harness.snapshot();
            }
        }
    }

    /** Damages the record, or the message in it under a valid checksum, or repeats it as another type, round, or part. */
    private static List<KeyedBytes> noise(KeyedBytes sent, Mutations mutations, Random random) {
        List<KeyedBytes> records = new ArrayList<>();
        RoundsRecord read;
        try {
            read = RoundsRecord.read(sent.value());
        } catch (MalformedRecordException e) {
            throw new IllegalStateException(e);
        }
        for (int i = 0; i < 3; i++) {
            records.add(new KeyedBytes(sent.key(), mutations.of(sent.value(), false)));
            RoundsRecord changed = new RoundsRecord(
                    random.nextBoolean() ? read.type() : (byte) random.nextInt(12),
                    read.origin(),
                    random.nextInt(8) == 0 ? random.nextInt() : random.nextInt(3),
                    random.nextInt(8) == 0 ? random.nextLong() : read.round() + random.nextInt(3) - 1,
                    0,
                    random.nextInt(8) == 0 ? random.nextInt(3) : read.part(),
                    random.nextInt(8) == 0 ? random.nextInt() : read.parts(),
                    ByteBuffer.wrap(mutations.of(bytes(read), false)));
            records.add(new KeyedBytes(sent.key(), changed.value()));
        }
        records.add(random.nextInt(records.size()), sent);
        return records;
    }

    private static byte[] bytes(RoundsRecord record) {
        byte[] bytes = new byte[record.bytes().remaining()];
        record.bytes().duplicate().get(bytes);
        return bytes;
    }
}
