package io.freshet.cli.tail;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.freshet.cli.Freshet;
import io.freshet.cli.Run;
import io.freshet.cli.dev.EmbeddedKafka;
import io.freshet.cli.dev.LocalCluster;
import io.freshet.cli.kafka.KafkaOptions;
import io.freshet.cli.kafka.TopicReader;
import io.freshet.job.source.KafkaCluster;
import io.freshet.job.source.SpecTopic;
import io.freshet.job.topology.KafkaTrainer;
import io.freshet.schemas.kafka.DeadLetterHeaders;
import io.freshet.schemas.kafka.Topics;
import io.freshet.schemas.sample.RecordFormat;
import io.freshet.schemas.sample.SampleWriter;
import io.freshet.schemas.snapshot.SnapshotReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.flink.api.common.JobID;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.quota.ClientQuotaAlteration;
import org.apache.kafka.common.quota.ClientQuotaEntity;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Catches dead letters that are redriven twice, to the wrong partition or model, or in an endless loop. */
@Timeout(180)
class RedriveIT {
    private static final AtomicInteger PREFIXES = new AtomicInteger();
    private static final String SLOW = "slow";
    /** Offsets that a transaction marker takes. */
    private static final int MARKER = 1;

    @AutoClose
    private static EmbeddedKafka kafka;

    private final Topics topics = Topics.of("redrive" + PREFIXES.incrementAndGet());

    @TempDir
    Path directory;

    @BeforeAll
    static void startKafka() {
        kafka = EmbeddedKafka.startTemporary();
    }

    @BeforeEach
    void create() {
        done("topics", "create", "--partitions", "2");
    }

    @Test
    void redriven_records_are_learned_by_the_rejecting_model_only() throws Exception {
        apply("{name: early, label: y, features: {numeric: [x]}, loss: mean-squared-error}");
        apply("{name: binary, label: y, features: {numeric: [x]}, loss: binary-cross-entropy}");
        send(0, "k", sample("", 1, 1));
        send(1, "k", sample("", 2, 7));
        send(1, "late", sample("late", 3, 1));
        send(0, null, "noise".getBytes(UTF_8));
        assertThat(learn()).isEqualTo(Map.of("early/", 2L, "binary/", 1L));

        Run dry = redrive("--dry-run");
        assertThat(dry.outLines()).hasSize(3);
        assertThat(dry.err()).isEqualToIgnoringNewLines(topics.deadLetters() + ": 3 to send");
        Run json = redrive("--dry-run", "--output", "json");
        assertThat(json.outLines()).hasSize(3);
        assertThat(json.err()).contains("\"toSend\":3", "\"notSelected\":0");
        apply("{name: late, label: y, features: {numeric: [x]}, loss: mean-squared-error}");
        apply("{name: binary, label: y, features: {numeric: [x]}, loss: mean-squared-error, reset: true}");
        assertThat(redrive("--stage", "decode", "--reason", "^model: late ")
                        .out()
                        .strip())
                .isEqualTo(topics.deadLetters() + ": 1 sent again, 2 not selected");
        assertThat(redrive("--model", "binary").out().strip())
                .isEqualTo(topics.deadLetters() + ": 1 sent again, 1 not selected");
        assertThat(redrive("--limit", "5").out().strip()).isEqualTo(topics.deadLetters() + ": 1 sent again");
        assertThat(redrive().out().strip()).isEqualTo(topics.deadLetters() + ": 0 sent again");

        List<ConsumerRecord<byte[], byte[]>> all = read(topics.samples());
        List<ConsumerRecord<byte[], byte[]>> again = all.stream()
                .filter(record -> header(record, "freshet.redrives") != null)
                .toList();
        assertThat(again).hasSize(3).allSatisfy(record -> {
            ConsumerRecord<byte[], byte[]> original = all.stream()
                    .filter(other ->
                            other.partition() == record.partition() && Arrays.equals(other.value(), record.value()))
                    .findFirst()
                    .orElseThrow();
            assertThat(original.offset()).isLessThan(record.offset());
            assertThat(record.key()).isEqualTo(original.key());
            assertThat(record.timestamp()).isEqualTo(original.timestamp());
            assertThat(header(record, "trace")).isEqualTo("t");
            assertThat(header(record, "freshet.redrives")).isEqualTo("1");
            assertThat(record.headers()).noneMatch(found -> found.key().startsWith("__connect"));
        });
        // A new run learns the topic from scratch with all models; redriven records, with their own model only.
        assertThat(learn()).isEqualTo(Map.of("early/", 2L, "binary/", 3L, "late/", 4L));
    }

    @Test
    void skips_records_after_the_maximum_number_of_attempts() throws Exception {
        apply("{name: m, label: y, features: {numeric: [x]}, loss: mean-squared-error}");
        byte[] large = new byte[2_000_000];
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
            var resource = new ConfigResource(ConfigResource.Type.TOPIC, topics.samples());
            var size = new AlterConfigOp(new ConfigEntry("max.message.bytes", "3000000"), AlterConfigOp.OpType.SET);
            admin.incrementalAlterConfigs(Map.of(resource, List.of(size))).all().get();
        }
        send(1, "k", large);
        learn();
        assertThat(redrive("--max-attempts", "2").out()).contains(": 1 sent again");
        assertThat(header(read(topics.samples()).get(1), "freshet.redrives")).isEqualTo("1");
        assertThat(read(topics.samples()).get(1).value()).isEqualTo(large);
        learn();
        // The first dead letter was sent again, because the run started over; it is another dead letter.
        assertThat(redrive("--offset", "2", "--max-attempts", "2").out()).contains(": 1 sent again, 1 not selected");
        learn();
        List<ConsumerRecord<byte[], byte[]>> letters = read(topics.deadLetters());
        String last = Long.toString(letters.get(letters.size() - 1).offset());
        assertThat(redrive("--offset", last, "--max-attempts", "2").out())
                .contains(": 0 sent again")
                .contains("1 already sent again 2 times");
        assertThat(redrive("--offset", last, "--max-attempts", "3").out()).contains(": 1 sent again");
    }

    @Test
    void looks_up_records_and_reports_dead_letters_without_one() throws Exception {
        send(1, "a", new byte[] {1});
        send(1, "b", new byte[] {2});
        try (KafkaProducer<byte[], byte[]> producer = producer()) {
            letter(producer, learn(1, 0));
            letter(producer, learn(1, 1));
            letter(producer, DeadLetterHeaders.ofRow(topics.samples(), 3, "", "x: y (expected: a number)"));
        }
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
            TopicPartition partition = new TopicPartition(topics.samples(), 1);
            admin.deleteRecords(Map.of(partition, RecordsToDelete.beforeOffset(1)))
                    .all()
                    .get();
        }
        String expected = topics.deadLetters() + ": 1 sent again, 1 never on " + topics.samples() + ", 1 no longer on "
                + topics.samples();
        assertThat(redrive().out().strip()).isEqualTo(expected);
        ConsumerRecord<byte[], byte[]> again = read(topics.samples()).get(1);
        assertThat(again.key()).isEqualTo("b".getBytes(UTF_8));
        assertThat(again.value()).containsExactly(2);
        assertThat(header(again, "freshet.model")).isEqualTo("m");
        assertThat(redrive().out()).contains(": 0 sent again");
        assertThat(redrive("--from-beginning").out().strip()).isEqualTo(expected);
        assertThat(redrive("--from-beginning", "--partition", "1").out())
                .startsWith(topics.deadLetters() + ": 0 sent again");
    }

    /** Would catch records that are learned twice, since they have the offsets of rejected ones. */
    @Test
    void skips_dead_letters_without_bytes_of_a_topic_that_was_created_again() throws Exception {
        byte[] large = new byte[1_000_001];
        apply("{name: m, label: y, features: {numeric: [x], standardize: false}, loss: mean-squared-error,"
                + " optimizer: {type: sgd, learningRate: 0.1}}");
        send(0, "k", sample("", 1e30, 1));
        send(0, "k", large);
        learn();
        List<ConsumerRecord<byte[], byte[]>> letters = read(topics.deadLetters());
        assertThat(letters)
                .extracting(letter -> header(letter, "freshet.topic.id"))
                .containsOnly(samplesId());
        assertThat(letters)
                .extracting(letter -> header(letter, DeadLetterHeaders.STAGE))
                .contains("learn", "decode");

        try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
            admin.deleteTopics(List.of(topics.samples())).all().get();
            await().until(() -> !admin.listTopics().names().get().contains(topics.samples()));
        }
        create();
        for (int i = 0; i < 5; i++) {
            send(0, "k", sample("", i, i));
        }
        assertThat(redrive().out().strip())
                .isEqualTo(topics.deadLetters() + ": 0 sent again, " + letters.size() + " of an earlier topic "
                        + topics.samples() + ", or of a job started before it was created");
        assertThat(read(topics.samples())).hasSize(5);
    }

    private Map<String, byte[]> learn(int partition, long offset) throws Exception {
        return DeadLetterHeaders.withTopicId(
                DeadLetterHeaders.of(topics.samples(), partition, offset, "learn", "m", "gradient"), samplesId());
    }

    private String samplesId() throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
            return admin.describeTopics(List.of(topics.samples()))
                    .allTopicNames()
                    .get()
                    .get(topics.samples())
                    .topicId()
                    .toString();
        }
    }

    /** The dead letter of a large record has no headers of the record, and none of a model that no longer exists. */
    @Test
    void a_record_that_was_for_one_model_stays_for_that_model() throws Exception {
        try (KafkaProducer<byte[], byte[]> producer = producer()) {
            ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(topics.samples(), 1, null, new byte[] {1});
            record.headers().add("freshet.model", "m".getBytes(UTF_8));
            record.headers().add("freshet.redrives", "1".getBytes(UTF_8));
            producer.send(record).get();
            Map<String, byte[]> headers =
                    DeadLetterHeaders.of(topics.samples(), 1, 0, "decode", "", "model: m (expected: one of [])");
            headers.put(DeadLetterHeaders.SIZE, "1".getBytes(UTF_8));
            letter(producer, DeadLetterHeaders.withTopicId(headers, samplesId()));
        }
        redrive();
        ConsumerRecord<byte[], byte[]> again = read(topics.samples()).get(1);
        assertThat(again.headers()).extracting(Header::key).containsExactly("freshet.redrives", "freshet.model");
        assertThat(header(again, "freshet.redrives")).isEqualTo("2");
        assertThat(header(again, "freshet.model")).isEqualTo("m");
    }

    /**
     * A quota throttles the pass, so that its transaction stays open for many seconds, with records written and none
     * committed. Then its process is killed.
     */
    @Test
    void a_pass_killed_within_a_transaction_loses_and_duplicates_nothing() throws Exception {
        int letters = 1_200;
        List<String> values = new ArrayList<>();
        try (KafkaProducer<byte[], byte[]> producer = producer()) {
            for (int i = 0; i < letters; i++) {
                values.add("record " + i);
                Map<String, byte[]> headers = DeadLetterHeaders.of(topics.samples(), 0, i, "decode", "", "not yet");
                letter(producer, headers, values.get(i).getBytes(UTF_8));
            }
        }
        assertThat(redrive("--limit", "100").out()).contains(": 100 sent again");
        Path log = directory.resolve("redrive.log");
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
            setQuota(admin, 1.0);
            Process pass = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-cp",
                            System.getProperty("java.class.path"),
                            Freshet.class.getName(),
                            "redrive",
                            "--bootstrap-servers",
                            kafka.bootstrapServers(),
                            "--prefix",
                            topics.prefix(),
                            "--kafka.client.id=" + SLOW)
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
            try {
                await().atMost(Duration.ofSeconds(60)).until(() -> written(admin) > 100 + MARKER);
                assertThat(pass.isAlive()).as(Files.readString(log)).isTrue();
            } finally {
                pass.destroyForcibly().waitFor();
                setQuota(admin, null);
            }
        }
        assertThat(committedValues()).as("after the pass was killed").isEqualTo(values.subList(0, 100));

        assertThat(redrive().out()).contains(": 1,100 sent again");
        assertThat(committedValues()).containsExactlyElementsOf(values);
        assertThat(redrive().out()).contains(": 0 sent again");
    }

    /** @param bytesPerSecond that brokers accept from the client {@link #SLOW}, or null for no limit */
    private static void setQuota(Admin admin, @Nullable Double bytesPerSecond) throws Exception {
        var client = new ClientQuotaEntity(Map.of(ClientQuotaEntity.CLIENT_ID, SLOW));
        var quota = new ClientQuotaAlteration.Op("producer_byte_rate", bytesPerSecond);
        admin.alterClientQuotas(List.of(new ClientQuotaAlteration(client, List.of(quota))))
                .all()
                .get();
    }

    /** Returns the end offset of partition 0 of the samples topic, including uncommitted records. */
    private long written(Admin admin) throws Exception {
        TopicPartition partition = new TopicPartition(topics.samples(), 0);
        return admin.listOffsets(Map.of(partition, OffsetSpec.latest()))
                .partitionResult(partition)
                .get()
                .offset();
    }

    /** Returns the values of the committed records. */
    private List<String> committedValues() throws Exception {
        return read(topics.samples()).stream()
                .map(record -> new String(record.value(), UTF_8))
                .toList();
    }

    @Test
    void rejects_invalid_option_values() {
        assertThat(Run.of("redrive", "--limit", "0").err()).contains("--limit: 0 (expected: at least 1)");
        assertThat(Run.of("redrive", "--reason", "(").code()).isEqualTo(2);
    }

    /** Runs the job over the whole topic; returns the number of samples that each model learned. */
    private Map<String, Long> learn() throws Exception {
        KafkaTrainer trainer = new KafkaTrainer(
                KafkaCluster.at(kafka.bootstrapServers()),
                topics,
                OffsetsInitializer.earliest(),
                true,
                SpecTopic.read(KafkaCluster.at(kafka.bootstrapServers()), topics.models(), true),
                RecordFormat.avro());
        try (LocalCluster cluster = LocalCluster.start(Files.createTempDirectory(directory, "job"), 1)) {
            JobID job = cluster.submit(trainer.sources(), trainer.sinks(), Duration.ofMillis(200));
            assertThat(cluster.result(job).get().isSuccess()).isTrue();
        }
        Map<String, Long> versions = new TreeMap<>();
        SnapshotReader reader = new SnapshotReader();
        for (ConsumerRecord<byte[], byte[]> record : read(topics.parameters())) {
            SnapshotReader.Change change = reader.read(record.key(), record.value());
            if (change != null && change.snapshot() != null) {
                versions.put(
                        change.key().modelKey(), change.snapshot().snapshot().version());
            }
        }
        return versions;
    }

    private static byte[] sample(String model, double x, double y) {
        return new SampleWriter().write("", model, 0, Map.of("x", x, "y", y), Map.of());
    }

    private void apply(String yaml) throws Exception {
        done(
                "apply",
                "-f",
                Files.writeString(directory.resolve("spec.yaml"), yaml).toString());
    }

    private void send(int partition, @Nullable String key, byte[] value) throws Exception {
        try (KafkaProducer<byte[], byte[]> producer = producer()) {
            ProducerRecord<byte[], byte[]> record =
                    new ProducerRecord<>(topics.samples(), partition, key == null ? null : key.getBytes(UTF_8), value);
            record.headers().add("trace", "t".getBytes(UTF_8));
            producer.send(record).get();
        }
    }

    private void letter(KafkaProducer<byte[], byte[]> producer, Map<String, byte[]> headers) throws Exception {
        letter(producer, headers, new byte[0]);
    }

    private void letter(KafkaProducer<byte[], byte[]> producer, Map<String, byte[]> headers, byte[] value)
            throws Exception {
        ProducerRecord<byte[], byte[]> letter = new ProducerRecord<>(topics.deadLetters(), null, value);
        headers.forEach(letter.headers()::add);
        producer.send(letter).get();
    }

    private static KafkaProducer<byte[], byte[]> producer() {
        return new KafkaProducer<>(
                Map.of("bootstrap.servers", kafka.bootstrapServers(), "max.request.size", 3_000_000),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    private static List<ConsumerRecord<byte[], byte[]>> read(String topic) throws Exception {
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        try (TopicReader reader = TopicReader.open(KafkaOptions.of(kafka.bootstrapServers()), topic)) {
            reader.readToEnd(records::add);
        }
        return records;
    }

    /** Returns the end offsets of the samples topic. */
    private List<Long> ends(IsolationLevel isolation) {
        Map<String, Object> settings = Map.of(
                "bootstrap.servers",
                kafka.bootstrapServers(),
                "isolation.level",
                isolation.toString().toLowerCase(Locale.ROOT));
        ByteArrayDeserializer bytes = new ByteArrayDeserializer();
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(settings, bytes, bytes)) {
            List<TopicPartition> partitions = consumer.partitionsFor(topics.samples()).stream()
                    .map(partition -> new TopicPartition(partition.topic(), partition.partition()))
                    .sorted(Comparator.comparing(TopicPartition::partition))
                    .toList();
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            return partitions.stream().map(ends::get).toList();
        }
    }

    private static @Nullable String header(ConsumerRecord<byte[], byte[]> record, String name) {
        Header header = record.headers().lastHeader(name);
        return header == null ? null : new String(header.value(), UTF_8);
    }

    private Run redrive(String... arguments) {
        List<String> all = new ArrayList<>(List.of("redrive"));
        all.addAll(List.of(arguments));
        Run run = done(all.toArray(String[]::new));
        // The broker makes the records of a transaction visible shortly after it has confirmed the commit.
        await().until(() -> ends(IsolationLevel.READ_COMMITTED).equals(ends(IsolationLevel.READ_UNCOMMITTED)));
        return run;
    }

    private Run done(String... arguments) {
        return Run.at(kafka.bootstrapServers(), topics.prefix(), arguments).done();
    }
}
