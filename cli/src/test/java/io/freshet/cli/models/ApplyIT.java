package io.freshet.cli.models;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.cli.Run;
import io.freshet.cli.embedded.EmbeddedKafka;
import io.freshet.job.record.SpecChange;
import io.freshet.job.source.KafkaCluster;
import io.freshet.job.source.SpecTopic;
import io.freshet.learning.learner.WarmStart;
import io.freshet.learning.lineage.Lineage;
import io.freshet.learning.predict.Snapshot;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.learning.spec.WarmStartReference;
import io.freshet.schemas.avro.KeyedBytes;
import io.freshet.schemas.snapshot.PublishedSnapshot;
import io.freshet.schemas.snapshot.SnapshotCodec;
import io.freshet.schemas.snapshot.SnapshotFile;
import io.freshet.schemas.snapshot.SnapshotReader;
import io.freshet.schemas.spec.ModelSpecCodec;
import io.freshet.schemas.spec.WarmStartCodec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Catches a change that is written although a job would reject it, a change that is not printed, and a specification
 * written before the parameters it refers to.
 */
@Timeout(120)
class ApplyIT {
    private static final AtomicInteger PREFIXES = new AtomicInteger();
    private static final String SPEC = """
            name: delays
            label: late
            features: {numeric: [miles], categorical: [origin], hashBits: 4}
            loss: binary-cross-entropy
            """;

    @AutoClose
    private static EmbeddedKafka kafka;

    private final String prefix = "apply" + PREFIXES.incrementAndGet();

    @TempDir
    Path directory;

    @BeforeAll
    static void startKafka() {
        kafka = EmbeddedKafka.startTemporary();
    }

    @BeforeEach
    void create() {
        done("topics", "create", "--partitions", "1");
    }

    @Test
    void prints_a_line_for_each_changed_field() throws Exception {
        apply(SPEC);
        String changed = SPEC + "optimizer: {learningRate: 0.5}\nfrozen: true\n";

        String hash = ModelSpec.parse(changed).hash();
        assertThat(done("apply", "--dry-run", "-f", file(changed)).outLines())
                .containsExactly(
                        "model delays: would be changed (" + hash + ")",
                        "model delays: optimizer.learningRate: 0.01 -> 0.5",
                        "model delays: frozen: false -> true");
        assertThat(applied()).isEqualTo(List.of(ModelSpec.parse(SPEC)));
        assertThat(done("apply", "-f", file(changed), "--output", "json").out().strip())
                .isEqualTo("{\"model\":\"delays\",\"state\":\"changed\",\"hash\":\"" + hash + "\",\"changes\":["
                        + "{\"field\":\"optimizer.learningRate\",\"before\":0.01,\"after\":0.5},"
                        + "{\"field\":\"frozen\",\"before\":false,\"after\":true}]}");
        assertThat(applied()).isEqualTo(List.of(ModelSpec.parse(changed)));
        assertThat(apply(changed + "reset: true\n").outLines())
                .containsExactly("model delays: unchanged (" + hash + ")");
    }

    @Test
    void rejects_replicas_if_their_topic_is_missing_as_after_an_upgrade() throws Exception {
        String rounds = prefix + ".rounds";
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
            admin.deleteTopics(List.of(rounds)).all().get();
        }

        Run rejected = run("apply", "-f", file(SPEC + "replicas: 2\n"));

        assertThat(rejected.code()).isEqualTo(1);
        assertThat(rejected.err().strip())
                .isEqualTo("freshet: topic " + rounds + ": does not exist (expected: freshet topics create)");
        assertThat(applied()).isEmpty();
        done("topics", "create", "--partitions", "1");
        assertThat(apply(SPEC + "replicas: 2\n").outLines()).hasSize(1);
    }

    @Test
    void rejects_an_incompatible_change_and_writes_nothing() throws Exception {
        apply(SPEC);
        String other = SPEC.replace("delays", "other");
        String narrower = SPEC.replace("hashBits: 4", "hashBits: 3");

        Run rejected = run("apply", "-f", file(other), "-f", file(narrower));

        assertThat(rejected.code()).isEqualTo(2);
        assertThat(rejected.out()).isEmpty();
        assertThat(rejected.err())
                .startsWith("freshet: model delays: features: {")
                .contains("hashBits=3}, was {", "hashBits=4} (expected: ");
        assertThat(applied()).isEqualTo(List.of(ModelSpec.parse(SPEC)));

        assertThat(done("apply", "--reset", "-f", file(narrower)).outLines())
                .contains("model delays: features.hashBits: 4 -> 3", "model delays: starts from scratch");
        assertThat(applied().get(0).stream().reset()).isTrue();
        assertThat(apply(narrower).out()).startsWith("model delays: unchanged (");
        Run unnecessary = done("apply", "--reset", "-f", file(narrower + "holdout: 0.5\n"));
        assertThat(unnecessary.err()).startsWith("freshet: model delays: --reset: no effect");
        assertThat(apply(SPEC + "reset: true\n").out()).contains("model delays: starts from scratch");
    }

    @Test
    void replaces_a_specification_that_cannot_be_read_only_with_permission_to_reset_its_state() throws Exception {
        byte[] unknownLoss = new String(
                        new ModelSpecCodec().write(ModelSpec.parse(SPEC), 0).value(), ISO_8859_1)
                .replace("loss: binary-cross-entropy", "loss: binary-cross-entropx")
                .getBytes(ISO_8859_1);
        send(".models", List.of(new KeyedBytes("delays".getBytes(UTF_8), unknownLoss)));

        Run rejected = run("apply", "-f", file(SPEC));

        String was = "malformed: topic " + prefix + ".models, offset 0: yaml: loss";
        assertThat(rejected.code()).isEqualTo(2);
        assertThat(rejected.out()).isEmpty();
        assertThat(rejected.err())
                .startsWith("freshet: model delays: " + was)
                .contains("; whether its state fits is unknown (expected: reset: true, or --reset, to ");
        assertThat(applied()).isEmpty();
        assertThat(run("apply", "--dry-run", "--reset", "-f", file(SPEC)).out())
                .startsWith("model delays: would be replaced (");

        Run replaced = done("apply", "--reset", "-f", file(SPEC));

        assertThat(replaced.err()).isEmpty();
        assertThat(replaced.outLines()).hasSize(2);
        assertThat(replaced.outLines().get(0)).startsWith("model delays: replaced (");
        assertThat(replaced.outLines().get(1))
                .startsWith("model delays: was " + was)
                .endsWith("; starts from scratch if its state does not fit");
        assertThat(applied()).hasSize(1);
        assertThat(apply(SPEC).out()).startsWith("model delays: unchanged (");
    }

    @Test
    void replaces_a_damaged_record_of_replicas_and_says_that_their_states_must_fit() throws Exception {
        send(".models", List.of(new KeyedBytes("delays".getBytes(UTF_8), new byte[] {1, 2, 3})));
        String replicated = SPEC + "replicas: 2\n";

        assertThat(run("apply", "-f", file(replicated)).code()).isEqualTo(2);
        assertThat(done("apply", "--reset", "-f", file(replicated)).outLines())
                .last()
                .asString()
                .endsWith("; refused by a job whose states do not fit, until the model is deleted and applied again");
    }

    @Test
    void a_job_without_a_models_topic_reports_how_to_create_it() {
        String topic = prefix + ".missing";

        assertThatThrownBy(() -> SpecTopic.read(KafkaCluster.at(kafka.bootstrapServers()), topic, false))
                .isInstanceOf(KafkaException.class)
                .hasMessage("topic " + topic + ": does not exist (expected: freshet topics create)");
    }

    @Test
    void starts_from_a_file_and_keeps_the_warm_start() throws Exception {
        Path one = snapshots("delays", 1);
        Path two = snapshots("delays", 2);

        Run created = done("apply", "-f", file(SPEC), "--from", one.toString());

        assertThat(created.out()).startsWith("model delays: created (");
        WarmStartReference first = warmStart(one).warmStart();
        assertThat(applied().get(0).stream().warmStart()).isEqualTo(first);
        assertThat(appliedWarmStart().warmStart()).isEqualTo(first);
        assertThat(done("apply", "-f", file(SPEC), "--from", one.toString()).out())
                .startsWith("model delays: unchanged (");
        assertThat(done(
                                "apply",
                                "-f",
                                file(SPEC),
                                "--from",
                                snapshots("other", 1).toString())
                        .out())
                .as("the same parameters under another name")
                .startsWith("model delays: unchanged (");
        assertThat(apply(SPEC + "frozen: true\n").outLines())
                .hasSize(2)
                .last()
                .isEqualTo("model delays: frozen: false -> true");
        assertThat(applied().get(0).stream().warmStart()).isEqualTo(first);
        assertThat(apply(done("describe", "delays").out()).out()).startsWith("model delays: unchanged (");
        assertThat(done("apply", "-f", file(SPEC), "--from", one.toString()).outLines())
                .hasSize(2)
                .last()
                .isEqualTo("model delays: frozen: true -> false");
        assertThat(done("tail", "models", "--from-beginning", "--limit", "4").outLines())
                .as("the parameters are already on the topic")
                .last()
                .asString()
                .contains("model=delays state=applied");

        Run changed = done("apply", "-f", file(SPEC), "--from", two.toString());

        WarmStartReference second = warmStart(two).warmStart();
        assertThat(changed.outLines())
                .contains("model delays: warmStart.version: 1 -> 2")
                .contains("model delays: warmStart.checksum: " + first.checksum() + " -> " + second.checksum());
        assertThat(appliedWarmStart().warmStart()).isEqualTo(second);
        assertThat(done("tail", "models", "--from-beginning", "--limit", "7").outLines())
                .last()
                .asString()
                .endsWith(" model=delays warmStart=" + first.checksum() + " state=deleted");
        done("delete", "delays");
        assertThat(SpecTopic.read(KafkaCluster.at(kafka.bootstrapServers()), prefix + ".models", false)
                        .parts())
                .isEmpty();
    }

    @Test
    void rejects_parameters_of_another_shape_with_both_shapes() throws Exception {
        Path file = snapshots("delays", 1);
        Run narrower = run("apply", "-f", file(SPEC.replace("hashBits: 4", "hashBits: 3")), "--from", file.toString());
        assertThat(narrower.code()).isEqualTo(2);
        assertThat(narrower.err())
                .startsWith("freshet: model delays: --from: features: {")
                .contains("hashBits=3}, was {", "hashBits=4} (expected: the shape ");
        String named = SPEC + "warmStart: {model: delays, version: 1, checksum: \"0123456789abcdef\"}\n";
        assertThat(run("apply", "-f", file(named)).err())
                .startsWith("freshet: model delays: warmStart: delays@1 (0123456789abcdef) (expected: no warmStart, ");
        assertThat(run("apply", "-f", file(SPEC), "--from", file(SPEC)).err()).startsWith("freshet: --from: ");
        assertThat(run("apply", "-f", file(SPEC), "--from", "no/such").err())
                .startsWith("freshet: --from: no/such (expected: a snapshot file, <model>, ");
        assertThat(run("apply", "-f", file(SPEC), "-f", file(SPEC.replace("delays", "b")), "--from", file.toString())
                        .err())
                .startsWith("freshet: --from: with 2 files (expected: one)");
        assertThat(applied()).isEmpty();
    }

    @Test
    void starts_from_the_snapshots_of_another_model() throws Exception {
        assertThat(run("apply", "-f", file(SPEC), "--from", "other").err())
                .startsWith("freshet: --from: other: no snapshot on topic " + prefix + ".parameters (expected: ");
        publish("other", "", 1);
        publish("other", "", 7);
        publish("keyed", "AA", 3);
        publish("keyed", "UA", 5);

        done("apply", "-f", file(SPEC), "--from", "other");
        assertThat(appliedWarmStart().warmStart().toString()).startsWith("other@7 (");
        done("apply", "-f", file(SPEC), "--from", "other@1");
        assertThat(appliedWarmStart().warmStart().toString()).startsWith("other@1 (");
        assertThat(run("apply", "-f", file(SPEC), "--from", "other@2").err())
                .contains("--from: other@2: not on topic ", "(expected: 7, the newest");
        assertThat(run("apply", "-f", file(SPEC), "--from", "keyed@5").err())
                .contains("--from: keyed@5 (expected: keyed, since each key has its own versions)");
        assertThat(run("apply", "-f", file(SPEC), "--from", "keyed").err())
                .contains("--from: key: none, was carrier (expected: the same, ");
        done("apply", "-f", file(SPEC.replace("delays", "by-carrier") + "key: carrier\n"), "--from", "keyed");
        assertThat(appliedWarmStart("by-carrier").warmStart().toString()).startsWith("keyed@5 (");
    }

    @Test
    void starts_from_the_last_incarnation_of_another_model_in_either_lane() throws Exception {
        publish("other", "", 7);
        publish("other", "", 2);
        assertThat(run("apply", "-f", file(SPEC), "--from", "other@9").err()).contains("(expected: 2, the newest");
        done("apply", "-f", file(SPEC), "--from", "other");
        assertThat(appliedWarmStart().warmStart().toString()).startsWith("other@2 (");

        send(".parameters", new SnapshotCodec().delete("other", "", 0));
        send(".parameters-committed", new SnapshotCodec().write(snapshot("other", "", 3), "samples", 0, "test"));
        done("apply", "-f", file(SPEC), "--from", "other");
        assertThat(appliedWarmStart().warmStart().toString()).startsWith("other@3 (");
    }

    /** Returns a snapshot with random parameters. */
    private static Snapshot snapshot(String model, String key, long version) {
        ModelSpec spec = ModelSpec.parse(SPEC.replace("delays", model) + (key.isEmpty() ? "" : "key: carrier\n"));
        SplittableRandom random = new SplittableRandom(version);
        float[] parameters = new float[spec.parameterCount()];
        for (int i = 0; i < parameters.length; i++) {
            parameters[i] = (float) random.nextDouble(-1, 1);
        }
        return new Snapshot(
                spec,
                key,
                version,
                version,
                parameters,
                new double[] {version, 5, 2},
                new Lineage(),
                new long[0],
                null);
    }

    private Path snapshots(String model, long version) throws Exception {
        SnapshotReader reader = new SnapshotReader();
        List<PublishedSnapshot> snapshots = new ArrayList<>();
        for (KeyedBytes record : new SnapshotCodec().write(snapshot(model, "", version), "samples", 0, "test")) {
            snapshots.add(reader.read(record.key(), record.value()).snapshot());
        }
        Path file = directory.resolve(model + version + ".snapshot");
        SnapshotFile.write(file, snapshots);
        return file;
    }

    private static WarmStart warmStart(Path file) throws Exception {
        return WarmStart.of(SnapshotFile.read(file).stream()
                .map(PublishedSnapshot::snapshot)
                .toList());
    }

    private void publish(String model, String key, long version) throws Exception {
        send(".parameters", new SnapshotCodec().write(snapshot(model, key, version), "samples", 0, "test"));
    }

    private void send(String topic, List<KeyedBytes> records) throws Exception {
        try (var producer = new KafkaProducer<>(
                Map.<String, Object>of("bootstrap.servers", kafka.bootstrapServers()),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            for (KeyedBytes record : records) {
                producer.send(new ProducerRecord<>(prefix + topic, record.key(), record.value()))
                        .get();
            }
        }
    }

    /** Returns the specifications that a job would start with. */
    private List<ModelSpec> applied() {
        return SpecTopic.read(KafkaCluster.at(kafka.bootstrapServers()), prefix + ".models", false)
                .specs();
    }

    private WarmStart appliedWarmStart() throws Exception {
        return appliedWarmStart("delays");
    }

    /** Returns the warm start with which a job would start a model. */
    private WarmStart appliedWarmStart(String model) throws Exception {
        SpecTopic topic = SpecTopic.read(KafkaCluster.at(kafka.bootstrapServers()), prefix + ".models", false);
        ModelSpec spec = topic.specs().stream()
                .filter(each -> each.name().equals(model))
                .findAny()
                .orElseThrow();
        List<byte[]> parts = new ArrayList<>();
        for (SpecChange part : topic.parts()) {
            if (part.name().equals(model)) {
                parts.add(part.part());
            }
        }
        return WarmStartCodec.join(parts, spec.stream().warmStart().checksum());
    }

    private Run apply(String yaml) throws IOException {
        return done("apply", "-f", file(yaml));
    }

    private String file(String yaml) throws IOException {
        return Files.writeString(Files.createTempFile(directory, "spec", ".yaml"), yaml)
                .toString();
    }

    private Run done(String... arguments) {
        return run(arguments).done();
    }

    private Run run(String... arguments) {
        return Run.at(kafka.bootstrapServers(), prefix, arguments);
    }
}
