package io.freshet.cli.models;

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
import io.freshet.schemas.spec.WarmStartCodec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Would catch a change that is written though a job would refuse it, one that is written and not shown, and parameters that
 * are not there when the specification names them.
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
    private static final EmbeddedKafka KAFKA = EmbeddedKafka.startTemporary();

    private final String prefix = "apply" + PREFIXES.incrementAndGet();

    @TempDir
    Path directory;

    @BeforeEach
    void create() {
        done("topics", "create", "--partitions", "1");
    }

    @Test
    void every_field_that_changes_is_a_line() throws Exception {
        apply(SPEC);
        String changed = SPEC + "optimizer: {learningRate: 0.5}\nfrozen: true\n";

        String hash = ModelSpec.parse(changed).hash();
        assertThat(done("apply", "--dry-run", "-f", file(changed)).outLines())
                .containsExactly(
                        "model delays: would be changed (" + hash + ")",
                        "model delays: optimizer.learningRate: 0.01 -> 0.5",
                        "model delays: frozen: false -> true");
        assertThat(held()).isEqualTo(List.of(ModelSpec.parse(SPEC)));
        assertThat(done("apply", "-f", file(changed), "--output", "json").out().strip())
                .isEqualTo("{\"model\":\"delays\",\"state\":\"changed\",\"hash\":\"" + hash + "\",\"changes\":["
                        + "{\"field\":\"optimizer.learningRate\",\"before\":0.01,\"after\":0.5},"
                        + "{\"field\":\"frozen\",\"before\":false,\"after\":true}]}");
        assertThat(held()).isEqualTo(List.of(ModelSpec.parse(changed)));
        assertThat(apply(changed + "reset: true\n").outLines())
                .containsExactly("model delays: unchanged (" + hash + ")");
    }

    @Test
    void a_change_that_the_state_cannot_go_on_from_is_refused_and_nothing_is_written() throws Exception {
        apply(SPEC);
        String other = SPEC.replace("delays", "other");
        String narrower = SPEC.replace("hashBits: 4", "hashBits: 3");

        Run refused = run("apply", "-f", file(other), "-f", file(narrower));

        assertThat(refused.code()).isEqualTo(2);
        assertThat(refused.out()).isEmpty();
        assertThat(refused.err())
                .startsWith("freshet: model delays: features: {")
                .contains("hashBits=3}, was {", "hashBits=4} (expected: ");
        assertThat(held()).isEqualTo(List.of(ModelSpec.parse(SPEC)));

        assertThat(done("apply", "--reset", "-f", file(narrower)).outLines())
                .contains("model delays: features.hashBits: 4 -> 3", "model delays: starts from scratch");
        assertThat(held().get(0).stream().reset()).isTrue();
        assertThat(apply(narrower).out()).startsWith("model delays: unchanged (");
        Run needless = done("apply", "--reset", "-f", file(narrower + "holdout: 0.5\n"));
        assertThat(needless.err()).startsWith("freshet: model delays: --reset: nothing to reset");
        assertThat(apply(SPEC + "reset: true\n").out()).contains("model delays: starts from scratch");
    }

    @Test
    void a_job_that_finds_no_models_topic_says_so_and_what_to_do() {
        String topic = prefix + ".nobody-created";

        assertThatThrownBy(() -> SpecTopic.read(KafkaCluster.at(KAFKA.bootstrapServers()), topic, false))
                .isInstanceOf(KafkaException.class)
                .hasMessage("topic " + topic + ": does not exist (expected: freshet topics create)");
    }

    @Test
    void a_model_starts_from_a_file_and_keeps_to_it() throws Exception {
        Path one = snapshots("delays", 1);
        Path two = snapshots("delays", 2);

        Run created = done("apply", "-f", file(SPEC), "--from", one.toString());

        assertThat(created.out()).startsWith("model delays: created (");
        WarmStartReference first = base(one).warmStart();
        assertThat(held().get(0).stream().warmStart()).isEqualTo(first);
        assertThat(brought().warmStart()).isEqualTo(first);
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
        assertThat(held().get(0).stream().warmStart()).isEqualTo(first);
        assertThat(apply(done("describe", "delays").out()).out()).startsWith("model delays: unchanged (");
        assertThat(done("apply", "-f", file(SPEC), "--from", one.toString()).outLines())
                .hasSize(2)
                .last()
                .isEqualTo("model delays: frozen: true -> false");
        assertThat(done("tail", "models", "--from-beginning", "--limit", "4").outLines())
                .as("the parameters are there already")
                .last()
                .asString()
                .contains("model=delays state=applied");

        Run changed = done("apply", "-f", file(SPEC), "--from", two.toString());

        WarmStartReference second = base(two).warmStart();
        assertThat(changed.outLines())
                .contains("model delays: warmStart.version: 1 -> 2")
                .contains("model delays: warmStart.checksum: " + first.checksum() + " -> " + second.checksum());
        assertThat(brought().warmStart()).isEqualTo(second);
        assertThat(done("tail", "models", "--from-beginning", "--limit", "7").outLines())
                .last()
                .asString()
                .endsWith(" model=delays warmStart=" + first.checksum() + " state=deleted");
        done("delete", "delays");
        assertThat(SpecTopic.read(KafkaCluster.at(KAFKA.bootstrapServers()), prefix + ".models", false)
                        .parts())
                .isEmpty();
    }

    @Test
    void parameters_that_do_not_fit_are_refused_with_both_shapes() throws Exception {
        Path file = snapshots("delays", 1);
        Run narrower = run("apply", "-f", file(SPEC.replace("hashBits: 4", "hashBits: 3")), "--from", file.toString());
        assertThat(narrower.code()).isEqualTo(2);
        assertThat(narrower.err())
                .startsWith("freshet: model delays: --from: features: {")
                .contains("hashBits=3}, was {", "hashBits=4} (expected: the shape ");
        String named = SPEC + "warmStart: {model: delays, version: 1, checksum: \"0123456789abcdef\"}\n";
        assertThat(run("apply", "-f", file(named)).err())
                .startsWith("freshet: model delays: warmStart: delays@1 (0123456789abcdef) (expected: none, ");
        assertThat(run("apply", "-f", file(SPEC), "--from", file(SPEC)).err()).startsWith("freshet: --from: ");
        assertThat(run("apply", "-f", file(SPEC), "--from", "no/such").err())
                .startsWith("freshet: --from: no/such (expected: a file of snapshots, or MODEL");
        assertThat(run("apply", "-f", file(SPEC), "-f", file(SPEC.replace("delays", "b")), "--from", file.toString())
                        .err())
                .startsWith("freshet: --from: with 2 files (expected: one)");
        assertThat(held()).isEmpty();
    }

    @Test
    void a_model_starts_from_what_another_has_published() throws Exception {
        assertThat(run("apply", "-f", file(SPEC), "--from", "other").err())
                .startsWith("freshet: --from: other: no snapshot on topic " + prefix + ".parameters (expected: ");
        publish("other", "", 1);
        publish("other", "", 7);
        publish("keyed", "AA", 3);
        publish("keyed", "UA", 5);

        done("apply", "-f", file(SPEC), "--from", "other");
        assertThat(brought().warmStart().toString()).startsWith("other@7 (");
        done("apply", "-f", file(SPEC), "--from", "other@1");
        assertThat(brought().warmStart().toString()).startsWith("other@1 (");
        assertThat(run("apply", "-f", file(SPEC), "--from", "other@2").err())
                .contains("--from: other@2: not on topic ", "(expected: 7, the newest");
        assertThat(run("apply", "-f", file(SPEC), "--from", "keyed@5").err())
                .contains("--from: keyed@5 (expected: keyed, since each key has versions of its own)");
        assertThat(run("apply", "-f", file(SPEC), "--from", "keyed").err())
                .contains("--from: key: none, was carrier (expected: the same, ");
        done("apply", "-f", file(SPEC.replace("delays", "by-carrier") + "key: carrier\n"), "--from", "keyed");
        assertThat(brought("by-carrier").warmStart().toString()).startsWith("keyed@5 (");
    }

    @Test
    void a_model_starts_from_the_last_life_of_another_in_whichever_lane_it_is() throws Exception {
        publish("other", "", 7);
        publish("other", "", 2);
        assertThat(run("apply", "-f", file(SPEC), "--from", "other@9").err()).contains("(expected: 2, the newest");
        done("apply", "-f", file(SPEC), "--from", "other");
        assertThat(brought().warmStart().toString()).startsWith("other@2 (");

        send(".parameters", new SnapshotCodec().delete("other", "", 0));
        send(".parameters-committed", new SnapshotCodec().write(snapshot("other", "", 3), "samples", 0, "test"));
        done("apply", "-f", file(SPEC), "--from", "other");
        assertThat(brought().warmStart().toString()).startsWith("other@3 (");
    }

    /** Returns the snapshot that a model could have. */
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

    private static WarmStart base(Path file) throws Exception {
        return WarmStart.of(SnapshotFile.read(file).stream()
                .map(PublishedSnapshot::snapshot)
                .toList());
    }

    private void publish(String model, String key, long version) throws Exception {
        send(".parameters", new SnapshotCodec().write(snapshot(model, key, version), "samples", 0, "test"));
    }

    private void send(String topic, List<KeyedBytes> records) throws Exception {
        try (var producer = new KafkaProducer<>(
                Map.<String, Object>of("bootstrap.servers", KAFKA.bootstrapServers()),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            for (KeyedBytes record : records) {
                producer.send(new ProducerRecord<>(prefix + topic, record.key(), record.value()))
                        .get();
            }
        }
    }

    /** Returns the specifications that a job would start with. */
    private List<ModelSpec> held() {
        return SpecTopic.read(KafkaCluster.at(KAFKA.bootstrapServers()), prefix + ".models", false)
                .specs();
    }

    private WarmStart brought() throws Exception {
        return brought("delays");
    }

    /** Returns what a job would start a model from. */
    private WarmStart brought(String model) throws Exception {
        SpecTopic topic = SpecTopic.read(KafkaCluster.at(KAFKA.bootstrapServers()), prefix + ".models", false);
        ModelSpec spec = topic.specs().stream()
                .filter(each -> each.name().equals(model))
                .findAny()
                .orElseThrow();
        List<byte[]> parts = new ArrayList<>();
        for (SpecChange part : topic.parts()) {
            if (part.name.equals(model)) {
                parts.add(part.part);
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
        return Run.at(KAFKA.bootstrapServers(), prefix, arguments);
    }
}
