package io.freshet.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.learning.evaluation.ScoreSketch;
import io.freshet.learning.features.Row;
import io.freshet.learning.features.RowLayout;
import io.freshet.learning.features.Stage;
import io.freshet.learning.loss.Task;
import io.freshet.learning.predict.Snapshot;
import io.freshet.learning.predict.WarmStart;
import io.freshet.schemas.avro.WireFormat;
import io.freshet.schemas.facts.Evaluation;
import io.freshet.schemas.facts.EvaluationCodec;
import io.freshet.schemas.facts.Evaluations;
import io.freshet.schemas.facts.Heartbeat;
import io.freshet.schemas.facts.HeartbeatCodec;
import io.freshet.schemas.kafka.ParameterKey;
import io.freshet.schemas.loop.JoinReportCodec;
import io.freshet.schemas.loop.JoinReports;
import io.freshet.schemas.sample.RecordFields;
import io.freshet.schemas.sample.SampleDecoder;
import io.freshet.schemas.sample.SampleHeader;
import io.freshet.schemas.sample.SampleReader;
import io.freshet.schemas.sample.SampleWriter;
import io.freshet.schemas.sample.SparseVector;
import io.freshet.schemas.snapshot.FloatBytes;
import io.freshet.schemas.snapshot.HistoryCodec;
import io.freshet.schemas.snapshot.ModelSpecCodec;
import io.freshet.schemas.snapshot.Publication;
import io.freshet.schemas.snapshot.PublishedSnapshot;
import io.freshet.schemas.snapshot.SnapshotCodec;
import io.freshet.schemas.snapshot.SnapshotReader;
import io.freshet.schemas.snapshot.Snapshots;
import io.freshet.schemas.snapshot.TopicFormat;
import io.freshet.schemas.snapshot.WarmStartCodec;
import io.freshet.wire.ParameterBlock;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * Would catch a change that makes records on users' topics unreadable. From the first tag on, stored bytes are never regenerated:
 * {@link #main} writes new files for a new version.
 */
class WireCompatibilityTest {
    private static final Snapshot SNAPSHOT = Snapshots.limited("delays", "k/1", -12.5, 1e9);
    private static final SampleHeader HEADER =
            new SampleHeader("trip-7", "delays", 1_700_000_000_123L, 3, Stage.CHANGED, 0.25);
    private static final Heartbeat HEARTBEAT =
            new Heartbeat(1_000, 9_000, 8_500, List.of(40L, 0L), List.of(70L, 0L), 30L, true, 12);

    @Test
    void a_sample_is_read_and_written_again() throws Exception {
        RowLayout layout = new RowLayout(
                List.of("distance", "late"),
                List.of("carrier", "dest", "clicks", "words"),
                List.of("pixel*", "none"),
                Set.of("clicks"));
        Row row = new Row(layout);
        SampleDecoder decoder = new SampleDecoder(layout);
        byte[] bytes = stored("sample");
        decoder.decode(bytes, 0, row);
        assertThat(decoder.model()).isEqualTo("delays");
        assertThat(row.id()).isEqualTo("trip-7");
        assertThat(row.eventTime()).isEqualTo(1_700_000_000_123L);
        assertThat(row.number(0)).isEqualTo(2475.5);
        assertThat(row.number(1)).isEqualTo(1);
        assertThat(row.text(0)).isEqualTo("Zürich Air");
        assertThat(row.text(1)).isEqualTo("JFK");
        assertThat(Arrays.copyOf(row.vector(0), row.vectorLength(0))).containsExactly(0, 1.5f, -2, 1e-30f);
        assertThat(row.hasVector(1)).isFalse();
        assertThat(row.epoch()).isEqualTo(3);
        assertThat(Arrays.copyOf(row.sparseIndices(2), row.sparseLength(2))).containsExactly(7, 0, 2_000_000_000, 7);
        assertThat(Arrays.copyOf(row.sparseValues(2), row.sparseLength(2))).containsExactly(0.5f, -2, 1e-30f, 1);
        assertThat(Arrays.copyOf(row.sparseIndices(3), row.sparseLength(3))).containsExactly(3, 5);
        assertThat(Arrays.copyOf(row.sparseValues(3), row.sparseLength(3))).containsExactly(1, 1);
        assertThat(row.stage()).isEqualTo(Stage.CHANGED);
        assertThat(row.previousNumber()).isEqualTo(0.25);
        SampleReader.Fields read = new SampleReader().read(bytes);
        assertThat(read.header()).isEqualTo(HEADER);
        assertThat(read.vectors()).containsKeys("empty", "pixel");
        assertThat(read.sparse()).containsKeys("clicks", "empty", "words");
        assertThat(sample()).isEqualTo(bytes);
    }

    @Test
    void a_specification_is_read() throws Exception {
        assertThat(new ModelSpecCodec().read(stored("model-spec"))).isEqualTo(SNAPSHOT.spec());
    }

    @Test
    void a_snapshot_is_read() throws Exception {
        SnapshotReader.Change change =
                new SnapshotReader().read(ParameterKey.snapshot("delays", "k/1").toBytes(), stored("snapshot"));
        PublishedSnapshot published = change.snapshot();
        Snapshot snapshot = published.snapshot();
        assertThat(snapshot.spec()).isEqualTo(SNAPSHOT.spec());
        assertThat(snapshot.version()).isEqualTo(SNAPSHOT.version());
        assertThat(snapshot.updates()).isEqualTo(SNAPSHOT.updates());
        assertThat(snapshot.parameters()).isEqualTo(SNAPSHOT.parameters());
        assertThat(snapshot.moments()).isEqualTo(SNAPSHOT.moments());
        assertThat(snapshot.labelRange()).containsExactly(-12.5, 1e9);
        assertThat(snapshot.lineage()).usingRecursiveComparison().isEqualTo(SNAPSHOT.lineage());
        assertThat(snapshot.metrics()).isEqualTo(SNAPSHOT.metrics());
        assertThat(published.topic()).isEqualTo("samples");
        assertThat(published.publishedAt()).isEqualTo(1234);
        assertThat(published.freshet()).isEqualTo("0.1.0");
    }

    @Test
    void a_parameter_block_is_read() throws Exception {
        ParameterBlock block = new WireFormat<ParameterBlock>(ParameterBlock.getClassSchema(), List.of())
                .read(stored("parameter-block"));
        assertThat(block.getModel()).isEqualTo("delays");
        assertThat(block.getKey()).isEqualTo("k/1");
        assertThat(block.getVersion()).isEqualTo(40);
        assertThat(block.getIndex()).isEqualTo(2);
        assertThat(block.getStart()).isEqualTo(400_000);
        float[] parameters = new float[4];
        FloatBytes.read(block.getParameters(), parameters, 1);
        assertThat(parameters).containsExactly(0, 1.5f, -2, 1e-30f);
    }

    @Test
    void an_evaluation_is_read() throws Exception {
        assertEvaluation("evaluation", evaluation());
        assertEvaluation("failed-evaluation", Evaluations.failed("delays", "fedcba9876543210", 2_000));
    }

    private static void assertEvaluation(String name, Evaluation expected) throws Exception {
        assertThat(new EvaluationCodec().read(stored(name)))
                .usingRecursiveComparison()
                .withEqualsForType(ScoreSketch::equals, ScoreSketch.class)
                .withEqualsForType(Double::equals, Double.class)
                .isEqualTo(expected);
    }

    @Test
    void a_part_of_a_warm_start_is_read() throws Exception {
        WarmStartCodec.Part part = new WarmStartCodec()
                .read("delays#0123456789abcdef/0".getBytes(StandardCharsets.UTF_8), stored("warm-start-part"));
        WarmStart expected = WarmStart.of(List.of(SNAPSHOT));
        String checksum = expected.warmStart().checksum();
        assertThat(WarmStartCodec.join(List.of(part.bytes()), checksum).warmStart())
                .isEqualTo(expected.warmStart());
    }

    @Test
    void the_format_of_a_topic_is_read() throws Exception {
        assertThat(new HistoryCodec(new SnapshotCodec()).readFormat(stored("topic-format")))
                .isEqualTo(topicFormat());
    }

    @Test
    void a_heartbeat_is_read() throws Exception {
        assertThat(new HeartbeatCodec().read(stored("heartbeat"))).isEqualTo(HEARTBEAT);
    }

    @Test
    void a_report_of_a_join_is_read() throws Exception {
        assertThat(new JoinReportCodec().read(stored("join-report"))).isEqualTo(JoinReports.of("delays"));
    }

    /** Would catch a field that is written in another place, or not at all. */
    @Test
    void every_record_is_written_again() throws IOException {
        for (Map.Entry<String, byte[]> file : files().entrySet()) {
            assertThat(file.getValue()).as(file.getKey()).isEqualTo(stored(file.getKey()));
        }
    }

    private static TopicFormat topicFormat() {
        RecordFields fields = new RecordFields("trip.id", "at", null);
        return new TopicFormat("clicks", "confluent", "http://registry:8081", fields, List.of());
    }

    private static Evaluation evaluation() {
        return Evaluations.of("delays", "k/1", Evaluations.tally(Task.BINARY, 1, 50), 2_000, true);
    }

    private static byte[] stored(String name) throws IOException {
        String file = "/compatibility/v1/" + name + ".bin";
        try (InputStream in = WireCompatibilityTest.class.getResourceAsStream(file)) {
            return in.readAllBytes();
        }
    }

    private static byte[] sample() {
        Map<String, Double> numbers = new TreeMap<>(Map.of("distance", 2475.5, "late", 1.0));
        Map<String, String> texts = new TreeMap<>(Map.of("carrier", "Zürich Air", "dest", "JFK"));
        Map<String, float[]> vectors =
                new TreeMap<>(Map.of("pixel", new float[] {0, 1.5f, -2, 1e-30f}, "empty", new float[0]));
        Map<String, SparseVector> sparse = new TreeMap<>(Map.of(
                "clicks", new SparseVector(new int[] {7, 0, 2_000_000_000, 7}, new float[] {0.5f, -2, 1e-30f, 1}),
                "empty", SparseVector.of(),
                "words", SparseVector.of(3, 5)));
        return new SampleWriter().write(HEADER, numbers, texts, vectors, sparse);
    }

    /** Returns the bytes of every record by the name of its file. */
    private static Map<String, byte[]> files() {
        ParameterBlock block = new ParameterBlock(
                "delays", "k/1", 40L, 2, 400_000, FloatBytes.write(new float[] {1.5f, -2, 1e-30f}, 0, 3));
        return Map.of(
                "join-report",
                        new JoinReportCodec().write(JoinReports.of("delays")).value(),
                "sample", sample(),
                "model-spec", new ModelSpecCodec().write(SNAPSHOT.spec(), 5).value(),
                "snapshot",
                        new SnapshotCodec()
                                .write(SNAPSHOT, "samples", 1234, "0.1.0")
                                .get(0)
                                .value(),
                "parameter-block", new WireFormat<ParameterBlock>(block.getSchema(), List.of()).write(block),
                "warm-start-part",
                        new WarmStartCodec()
                                .write(
                                        "delays",
                                        "0123456789abcdef",
                                        List.of(new PublishedSnapshot(
                                                SNAPSHOT,
                                                new Publication(
                                                        "",
                                                        FloatBytes.checksum(SNAPSHOT.parameters()),
                                                        SnapshotCodec.NO_PARENT,
                                                        "samples",
                                                        1234,
                                                        "0.1.0"))))
                                .get(0)
                                .value(),
                "topic-format",
                        new HistoryCodec(new SnapshotCodec())
                                .write(topicFormat(), 1234)
                                .value(),
                "heartbeat", new HeartbeatCodec().write(HEARTBEAT).value(),
                "evaluation", new EvaluationCodec().write(evaluation()).value(),
                "failed-evaluation",
                        new EvaluationCodec()
                                .write(Evaluations.failed("delays", "fedcba9876543210", 2_000))
                                .value());
    }

    /** Writes the missing files into a directory. */
    public static void main(String[] arguments) throws IOException {
        for (Map.Entry<String, byte[]> entry : files().entrySet()) {
            Path file = Path.of(arguments[0], entry.getKey() + ".bin");
            if (Files.notExists(file)) {
                Files.write(file, entry.getValue());
            }
        }
    }
}
