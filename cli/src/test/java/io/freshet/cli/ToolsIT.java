package io.freshet.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.cli.dev.EmbeddedKafka;
import io.freshet.learning.evaluation.Tally;
import io.freshet.learning.features.Lineage;
import io.freshet.learning.loss.Task;
import io.freshet.learning.predict.Snapshot;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.avro.KeyedBytes;
import io.freshet.schemas.facts.Evaluation;
import io.freshet.schemas.facts.EvaluationCodec;
import io.freshet.schemas.snapshot.SnapshotCodec;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Runs the commands against a real broker; each test has its own prefix. */
@Timeout(120)
class ToolsIT {
    private static final AtomicInteger PREFIXES = new AtomicInteger();

    @AutoClose
    private static EmbeddedKafka kafka;

    private final String prefix = "p" + PREFIXES.incrementAndGet();

    @TempDir
    Path directory;

    private Path spec;

    @BeforeAll
    static void startKafka() {
        kafka = EmbeddedKafka.startTemporary();
    }

    @BeforeEach
    void writeSpec() throws Exception {
        spec = Files.writeString(directory.resolve("delays.yaml"), """
                name: delays
                label: late
                key: carrier
                features: {numeric: [miles], categorical: [origin], hashBits: 4}
                loss: binary-cross-entropy
                """);
    }

    @Test
    void applies_lists_describes_changes_and_deletes_models() throws Exception {
        assertThat(run("apply", "-f", spec.toString()).err().strip())
                .isEqualTo("freshet: topic " + prefix + ".models: does not exist (expected: freshet topics create)");
        done("topics", "create");
        assertThat(done("get").out().strip()).isEqualTo("no models (expected: freshet apply -f <file>)");

        String hash = ModelSpec.parse(Files.readString(spec)).hash();
        assertThat(done("apply", "-f", spec.toString()).out().strip())
                .isEqualTo("model delays: created (" + hash + ")");
        assertThat(done("apply", "-f", spec.toString()).out().strip())
                .isEqualTo("model delays: unchanged (" + hash + ")");
        Path changed = Files.writeString(
                directory.resolve("changed.yaml"), Files.readString(spec) + "optimizer: {learningRate: 0.25}\n");
        assertThat(done("apply", "-f", changed.toString()).out()).startsWith("model delays: changed (");

        assertThat(done("get").outLines())
                .hasSize(3)
                .element(1)
                .asString()
                .matches("delays +carrier +linear +binary-cross-entropy +\\S+ +trainer gone +\\d+ s ago +[0-9a-f]{16}");
        assertThat(done("get", "--output", "json").out())
                .contains("\"state\":\"trainer gone\",\"since\":null,\"failure\":null");
        send(
                prefix + ".metrics",
                List.of(
                        failed("of another specification"),
                        failed(ModelSpec.parse(Files.readString(changed)).hash())));
        assertThat(done("get").outLines()).hasSize(3).last().isEqualTo("model delays: failed: OpenBLAS does not load");
        assertThat(done("describe", "delays").out()).startsWith("# state:      failed: OpenBLAS does not load\n");
        assertThat(done("tail", "metrics", "--from-beginning", "--limit", "1").out())
                .contains("model=delays state=failed failure=\"OpenBLAS does not load\"");
        String described = done("describe", "delays").out();
        assertThat(described).contains("# parameters: 18 for each carrier");
        assertThat(ModelSpec.parse(described)).isEqualTo(ModelSpec.parse(Files.readString(changed)));
        assertThat(done("describe", "delays", "--output", "json").out())
                .contains("\"parameters\":18,")
                .contains("\"spec\":{\"name\":\"delays\"");
        assertThat(run("describe", "delay").err().strip())
                .isEqualTo("freshet: model delay: does not exist (expected: delays?)");

        assertThat(done("delete", "delays").out().strip()).isEqualTo("model delays: deleted");
        Run again = run("delete", "delays");
        assertThat(again.code()).isEqualTo(1);
        assertThat(again.err()).startsWith("freshet: model delays: does not exist");
        assertThat(done("tail", "models", "--from-beginning", "--limit", "3").outLines())
                .satisfiesExactly(
                        line -> assertThat(line).contains(" 0@0 model=delays state=applied key=carrier "),
                        line -> assertThat(line).contains(" 0@1 model=delays state=applied key=carrier "),
                        line -> assertThat(line).endsWith(" 0@2 model=delays state=deleted"));
    }

    @Test
    void a_malformed_specification_concerns_its_own_model_only() throws Exception {
        done("topics", "create");
        done("apply", "-f", spec.toString());
        byte[] key = {'b', 'a', 'd'};
        send(prefix + ".models", List.of(new KeyedBytes(key, new byte[] {1, 2, 3})));
        String message = "model bad: malformed: topic " + prefix + ".models, offset 1: value: 01 02 03";

        assertThat(done("get").out()).contains("delays  carrier").contains(message);
        assertThat(done("status").out()).contains("delays").contains(message);
        assertThat(done("describe", "delays").out()).contains("name: delays");
        assertThat(run("describe", "bad").code()).isEqualTo(1);
        assertThat(run("describe", "bad").err()).startsWith("freshet: " + message);
        assertThat(done("apply", "-f", spec.toString()).out()).startsWith("model delays: unchanged");
        assertThat(done("delete", "bad").out().strip()).isEqualTo("model bad: deleted");
        assertThat(done("get").out()).contains("delays  carrier").doesNotContain("bad");
    }

    @Test
    void tails_snapshots_and_metrics_and_reports_malformed_records() throws Exception {
        done("topics", "create", "--partitions", "1");
        ModelSpec model = ModelSpec.parse(Files.readString(spec));
        Snapshot snapshot = new Snapshot(
                model,
                "AA",
                40,
                20,
                new float[18],
                new double[3],
                new Lineage(new int[] {0}, new long[] {0}, new long[] {39}, 0, 40, List.of()),
                new long[0],
                null);
        List<KeyedBytes> records =
                new ArrayList<>(new SnapshotCodec().write(snapshot, prefix + ".samples", 1234, "test"));
        records.addAll(new SnapshotCodec().delete("delays", "AA", 0));
        send(prefix + ".parameters", records);
        Evaluation evaluation = new Evaluation(
                Evaluation.Subject.of("delays", "AA"),
                new Evaluation.Counts(40, 20, 1),
                new Evaluation.Window(3, false, 0, 0, null),
                Tally.of(Task.BINARY, 1),
                Evaluation.Learning.UNKNOWN,
                Evaluation.Progress.UNKNOWN);
        send(
                prefix + ".metrics",
                List.of(
                        new EvaluationCodec().write(evaluation),
                        new EvaluationCodec().delete("delays", "AA"),
                        new KeyedBytes("x".getBytes(UTF_8), "broken".getBytes(UTF_8))));

        assertThat(done("tail", "snapshots", "--from-beginning", "--limit", "2").outLines())
                .satisfiesExactly(
                        line -> assertThat(line)
                                .contains(" 0@0 model=delays key=AA topic=" + prefix
                                        + ".parameters version=40 updates=20 hash=" + model.hash()
                                        + " parameters=18 watermark=1970-01-01T00:00:00Z"),
                        line -> assertThat(line)
                                .endsWith(" 0@1 model=delays key=AA topic=" + prefix + ".parameters state=deleted"));
        assertThat(done("tail", "metrics", "--from-beginning", "--limit", "3").outLines())
                .satisfiesExactly(
                        line -> assertThat(line).startsWith("TIME      MODEL "),
                        line -> assertThat(line).contains("  delays/AA ").endsWith(" 1 rejected"),
                        line -> assertThat(line).endsWith(" 0@1 model=delays key=AA state=deleted"),
                        line -> assertThat(line)
                                .contains(" 0@2 malformed=\"value: ")
                                .endsWith(" value=broken"));
    }

    private static KeyedBytes failed(String specHash) {
        return new EvaluationCodec()
                .write(Evaluation.failed(
                        "delays",
                        specHash,
                        "OpenBLAS does not load",
                        System.currentTimeMillis(),
                        Tally.of(Task.BINARY, 1)));
    }

    private static void send(String topic, List<KeyedBytes> records) throws Exception {
        try (var producer = new KafkaProducer<>(
                Map.<String, Object>of("bootstrap.servers", kafka.bootstrapServers()),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            for (KeyedBytes record : records) {
                producer.send(new ProducerRecord<>(topic, record.key(), record.value()))
                        .get();
            }
        }
    }

    private Run done(String... arguments) {
        return run(arguments).done();
    }

    private Run run(String... arguments) {
        return Run.at(kafka.bootstrapServers(), prefix, arguments);
    }
}
