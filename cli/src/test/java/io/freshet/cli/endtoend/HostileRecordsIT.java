package io.freshet.cli.endtoend;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.freshet.cli.dev.LocalCluster;
import io.freshet.job.topology.KafkaTrainer;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.kafka.Topics;
import io.freshet.schemas.sample.RecordFormat;
import io.freshet.schemas.snapshot.FloatBytes;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.apache.flink.api.common.JobID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Catches a record that fails the job, vanishes, or affects a model. Whatever is mixed into the samples, the parameters are
 * those of the valid samples alone, and every other record becomes a dead letter.
 */
class HostileRecordsIT {
    private static final int GOOD = 3_000;
    private static final int LARGE = 5 << 20;
    private static final List<ModelSpec> SPECS = List.of(ModelSpec.parse("""
                    {name: whole, label: y, features: {numeric: [a], categorical: [c], dense: {field: v, length: 3}, hashBits: 6},
                     loss: binary-cross-entropy, optimizer: {type: rmsprop}}
                    """), ModelSpec.parse("""
                    {name: keyed, label: y, key: c, features: {numeric: [a], dense: {field: v, length: 3}},
                     loss: binary-cross-entropy, batch: {size: 3}}
                    """));

    @AutoClose
    private static TestBroker broker;

    private static HttpServer registry;

    @TempDir
    Path directory;

    @BeforeAll
    static void start() throws Exception {
        broker = TestBroker.start();
        registry = HostileRecords.startRegistry();
    }

    @AfterAll
    static void stop() {
        registry.stop(0);
    }

    @ParameterizedTest
    @CsvSource({"AVRO, 100000", "CONFLUENT, 10000", "JSON, 10000"})
    void hostile_records_become_dead_letters_and_do_not_affect_the_models(HostileRecords records, int hostile)
            throws Exception {
        List<byte[]> good = new ArrayList<>();
        SplittableRandom random = new SplittableRandom(13);
        for (int i = 0; i < GOOD; i++) {
            good.add(records.encode(HostileRecords.Fields.good(random)));
        }
        List<byte @Nullable []> mixed = new ArrayList<>(good);
        Set<byte[]> badLabels = Collections.newSetFromMap(new IdentityHashMap<>());
        for (int i = 0; i < hostile; i++) {
            int kind = i % HostileRecords.KINDS;
            byte[] record = records.hostile(kind, random);
            mixed.add(record);
            if (kind == HostileRecords.BAD_LABEL) {
                badLabels.add(record);
            }
        }
        mixed.add(HostileRecords.noise(LARGE, random));
        mixed.add(records.encode(new HostileRecords.Fields(1, "c".repeat(LARGE), new float[] {1}, 1, "")));
        Set<byte[]> isGood = Collections.newSetFromMap(new IdentityHashMap<>());
        isGood.addAll(good);
        mixed = shuffledKeepingGood(mixed, isGood, random);
        RecordFormat format =
                records.format("http://127.0.0.1:" + registry.getAddress().getPort());

        Topics calm = Topics.of(records + "-calm");
        Map<String, ByteBuffer> expected = run(calm, format, new ArrayList<>(good));
        Topics disturbed = Topics.of(records + "-disturbed");
        assertThat(run(disturbed, format, mixed)).hasSize(6).isEqualTo(expected);

        assertThat(broker.readAll(calm.deadLetters())).isEmpty();
        Map<Long, Set<String>> letters = new HashMap<>();
        for (ConsumerRecord<byte[], byte[]> letter : broker.readAll(disturbed.deadLetters())) {
            long offset = Long.parseLong(header(letter, "__connect.errors.offset"));
            byte[] value = mixed.get((int) offset);
            if (value != null && value.length > 1_000_000) {
                assertThat(letter.value()).isEmpty();
                assertThat(Long.parseLong(header(letter, "freshet.size"))).isEqualTo(value.length);
            } else {
                assertThat(letter.value()).isEqualTo(value);
            }
            assertThat(header(letter, "__connect.errors.exception.message")).contains("(expected: ");
            Set<String> models = letters.computeIfAbsent(offset, any -> new HashSet<>());
            // A repeated dead letter would mean that the job restarted.
            assertThat(models.add(header(letter, "freshet.model"))).isTrue();
        }
        for (int offset = 0; offset < mixed.size(); offset++) {
            assertThat(letters.containsKey((long) offset))
                    .as("offset %d is a dead letter", offset)
                    .isEqualTo(!isGood.contains(mixed.get(offset)));
            if (badLabels.contains(mixed.get(offset))) {
                assertThat(letters.get((long) offset))
                        .as("offset %d is a dead letter of each model, because of its label", offset)
                        .containsExactlyInAnyOrder("whole", "keyed");
            }
        }
    }

    /** Shuffles the records; the good ones keep their order. */
    private static List<byte @Nullable []> shuffledKeepingGood(
            List<byte @Nullable []> records, Set<byte[]> isGood, SplittableRandom random) {
        byte[] @Nullable [] mixed = records.toArray(byte[][]::new);
        for (int i = mixed.length - 1; i > 0; i--) {
            int other = random.nextInt(i + 1);
            byte[] kept = mixed[i];
            mixed[i] = mixed[other];
            mixed[other] = kept;
        }
        List<byte[]> inOrder = records.stream().filter(isGood::contains).toList();
        int next = 0;
        for (int i = 0; i < mixed.length; i++) {
            if (isGood.contains(mixed[i])) {
                mixed[i] = inOrder.get(next++);
            }
        }
        return Arrays.asList(mixed);
    }

    /** Runs the job over records; returns the parameters of each model key. */
    private Map<String, ByteBuffer> run(Topics topics, RecordFormat format, List<byte @Nullable []> records)
            throws Exception {
        broker.create(topics, records);
        KafkaTrainer trainer = broker.trainer(topics, SPECS, format);
        try (LocalCluster cluster = LocalCluster.start(directory.resolve(topics.prefix()), 2)) {
            JobID job = cluster.submit(trainer.sources(), trainer.sinks(), Duration.ofMillis(200));
            assertThat(cluster.result(job).get().isSuccess()).isTrue();
        }
        Map<String, ByteBuffer> parameters = new TreeMap<>();
        broker.last(topics.parameters()).forEach((address, published) -> {
            float[] floats = published.snapshot().parameters();
            parameters.put(address, FloatBytes.write(floats, 0, floats.length));
        });
        return parameters;
    }

    private static String header(ConsumerRecord<byte[], byte[]> record, String name) {
        Header header = record.headers().lastHeader(name);
        return header == null ? "" : new String(header.value(), UTF_8);
    }
}
