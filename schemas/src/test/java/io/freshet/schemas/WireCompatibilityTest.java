package io.freshet.schemas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.freshet.learning.evaluation.Metric;
import io.freshet.learning.evaluation.Metrics;
import io.freshet.learning.evaluation.ScoreSketch;
import io.freshet.learning.features.Row;
import io.freshet.learning.features.RowLayout;
import io.freshet.learning.features.Stage;
import io.freshet.learning.lineage.Incarnation;
import io.freshet.learning.loss.Task;
import io.freshet.learning.predict.Snapshot;
import io.freshet.learning.predict.WarmStart;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.avro.WireFormat;
import io.freshet.schemas.evaluation.Evaluation;
import io.freshet.schemas.evaluation.EvaluationCodec;
import io.freshet.schemas.evaluation.Evaluations;
import io.freshet.schemas.field.RecordFields;
import io.freshet.schemas.freshness.Heartbeat;
import io.freshet.schemas.freshness.HeartbeatCodec;
import io.freshet.schemas.history.HistoryCodec;
import io.freshet.schemas.history.TopicFormat;
import io.freshet.schemas.loop.JoinCount;
import io.freshet.schemas.loop.JoinReportCodec;
import io.freshet.schemas.loop.JoinReports;
import io.freshet.schemas.sample.SampleDecoder;
import io.freshet.schemas.sample.SampleHeader;
import io.freshet.schemas.sample.SampleReader;
import io.freshet.schemas.sample.SampleWriter;
import io.freshet.schemas.sample.SparseVector;
import io.freshet.schemas.snapshot.FloatBytes;
import io.freshet.schemas.snapshot.Publication;
import io.freshet.schemas.snapshot.PublishedSnapshot;
import io.freshet.schemas.snapshot.SnapshotCodec;
import io.freshet.schemas.snapshot.SnapshotReader;
import io.freshet.schemas.snapshot.Snapshots;
import io.freshet.schemas.spec.ModelSpecCodec;
import io.freshet.schemas.spec.WarmStartCodec;
import io.freshet.schemas.topic.ParameterKey;
import io.freshet.wire.ParameterBlock;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * Would catch a change that makes records on users' topics unreadable. The stored bytes are never regenerated: {@link #main}
 * writes new files for a new version.
 */
class WireCompatibilityTest {
    private static final RowLayout LAYOUT = new RowLayout(List.of("distance", "late"), List.of("carrier", "dest"));

    /** Up to version 4, evaluations had no metrics of classes and no best epoch. */
    private static final String[] SINCE_5 = {
        "counts",
        "learning.best",
        "total.predictedWeight",
        "total.truePositives",
        "total.positiveLoss",
        "window.replicaLosses",
        "learning.published"
    };

    private static final Set<Metric> OF_CLASSES =
            EnumSet.of(Metric.PRECISION, Metric.RECALL, Metric.F1, Metric.PR_AUC, Metric.TOP_K_ACCURACY);

    @Test
    void a_sample_of_version_1_is_read() throws Exception {
        Row row = new Row(LAYOUT);
        SampleDecoder decoder = new SampleDecoder(LAYOUT);
        decoder.decode(stored("sample"), 0, row);
        assertThat(decoder.model()).isEqualTo("delays");
        assertThat(row.eventTime()).isEqualTo(1_700_000_000_123L);
        assertThat(row.number(0)).isEqualTo(2475.5);
        assertThat(row.number(1)).isEqualTo(1);
        assertThat(row.text(0)).isEqualTo("Zürich Air");
        assertThat(row.text(1)).isEqualTo("JFK");
        assertThat(new SampleReader().read(stored("sample")).header().id()).isEqualTo("trip-7");
    }

    @Test
    void a_sample_of_version_2_is_read() throws Exception {
        RowLayout layout = new RowLayout(LAYOUT.numbers(), LAYOUT.texts(), List.of("pixel*", "none"));
        Row row = new Row(layout);
        SampleDecoder decoder = new SampleDecoder(layout);
        byte[] bytes = stored("v2", "sample");
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
        assertThat(new SampleReader().read(bytes).vectors()).containsKeys("empty", "pixel");
    }

    @Test
    void a_sample_of_version_3_is_read() throws Exception {
        RowLayout layout = new RowLayout(
                LAYOUT.numbers(), List.of("carrier", "clicks", "words"), List.of("pixel*"), Set.of("clicks"));
        Row row = new Row(layout);
        SampleDecoder decoder = new SampleDecoder(layout);
        byte[] bytes = stored("v3", "sample");
        decoder.decode(bytes, 0, row);
        assertThat(decoder.model()).isEqualTo("delays");
        assertThat(row.id()).isEqualTo("trip-7");
        assertThat(row.eventTime()).isEqualTo(1_700_000_000_123L);
        assertThat(row.number(0)).isEqualTo(2475.5);
        assertThat(row.text(0)).isEqualTo("Zürich Air");
        assertThat(Arrays.copyOf(row.vector(0), row.vectorLength(0))).containsExactly(0, 1.5f, -2, 1e-30f);
        assertThat(row.epoch()).isEqualTo(3);
        assertThat(Arrays.copyOf(row.sparseIndices(1), row.sparseLength(1))).containsExactly(7, 0, 2_000_000_000, 7);
        assertThat(Arrays.copyOf(row.sparseValues(1), row.sparseLength(1))).containsExactly(0.5f, -2, 1e-30f, 1);
        assertThat(Arrays.copyOf(row.sparseIndices(2), row.sparseLength(2))).containsExactly(3, 5);
        assertThat(Arrays.copyOf(row.sparseValues(2), row.sparseLength(2))).containsExactly(1, 1);
        assertThat(new SampleReader().read(bytes).sparse()).containsKeys("clicks", "empty", "words");
    }

    @Test
    void a_sample_of_version_4_is_read() throws Exception {
        Row row = new Row(LAYOUT);
        byte[] bytes = stored("v4", "sample");
        new SampleDecoder(LAYOUT).decode(bytes, 0, row);
        assertThat(row.id()).isEqualTo("trip-7");
        assertThat(row.number(1)).isEqualTo(1);
        assertThat(row.stage()).isEqualTo(Stage.CHANGED);
        assertThat(row.previousNumber()).isEqualTo(0.25);
        SampleHeader header = new SampleReader().read(bytes).header();
        assertThat(header.stage()).isEqualTo(Stage.CHANGED);
        assertThat(header.previous()).isEqualTo(0.25);
    }

    @Test
    void a_specification_of_version_1_is_read() throws Exception {
        assertThat(new ModelSpecCodec().read(stored("model-spec")))
                .isEqualTo(Snapshots.of("delays", "", 5, 1).spec());
    }

    @Test
    void a_snapshot_of_version_1_is_read() throws Exception {
        Snapshot expected = Snapshots.of("delays", "k/1", 5, 40);
        SnapshotReader.Change change =
                new SnapshotReader().read(ParameterKey.snapshot("delays", "k/1").toBytes(), stored("snapshot"));
        PublishedSnapshot published = change.snapshot();
        Snapshot snapshot = published.snapshot();
        assertThat(snapshot.spec()).isEqualTo(expected.spec());
        assertThat(snapshot.version()).isEqualTo(40);
        assertThat(snapshot.updates()).isEqualTo(20);
        assertThat(snapshot.parameters()).isEqualTo(expected.parameters());
        assertThat(snapshot.moments()).isEqualTo(expected.moments());
        assertThat(snapshot.labelRange()).as("none").isEmpty();
        assertThat(snapshot.lineage().partitions()).containsExactly(3, 0);
        assertThat(snapshot.lineage().offsets()).containsExactly(17, 40);
        assertThat(snapshot.lineage().origin()).as("unknown").isSameAs(Incarnation.UNKNOWN);
        assertThat(snapshot.lineage().watermark()).isEqualTo(1_700_000_000_000L);
        // Version 1 had no r2 and no calibration.
        assertThat(snapshot.metrics())
                .isEqualTo(new Metrics(
                        40,
                        Map.of(
                                Metric.LOSS,
                                0.5,
                                Metric.BASELINE_LOSS,
                                0.75,
                                Metric.MAE,
                                0.25,
                                Metric.RMSE,
                                Math.sqrt(0.5))));
        assertThat(published.topic()).isEqualTo("samples");
        assertThat(published.publishedAt()).isEqualTo(1234);
        assertThat(published.freshet()).isEqualTo("0.1.0");
    }

    @Test
    void a_parameter_block_of_version_1_is_read() throws Exception {
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
    void an_evaluation_of_version_1_is_read() throws Exception {
        Evaluation expected = evaluation();
        Evaluation read = new EvaluationCodec().read(stored("evaluation"));
        assertThat(read)
                .usingRecursiveComparison()
                .ignoringFields(
                        "counts",
                        "window.metrics",
                        "window.replicaLosses",
                        "total",
                        "learning",
                        "progress",
                        "subject.incarnation",
                        "subject.specHash")
                .isEqualTo(expected);
        assertThat(read.learning()).isEqualTo(Evaluation.Learning.UNKNOWN);
        assertThat(read.progress()).isEqualTo(Evaluation.Progress.UNKNOWN);
        assertThat(read.incarnation().partitions()).isEmpty();
        // Version 1 had no sum of predictions, so calibration is unknown.
        Metrics total = read.total().metrics();
        Set<Metric> changed = EnumSet.of(Metric.CALIBRATION, Metric.ACCURACY, Metric.AUC);
        changed.addAll(OF_CLASSES);
        assertThat(without(changed, total))
                .isEqualTo(without(changed, expected.total().metrics()));
        assertThat(total.get(Metric.AUC)).isCloseTo(expected.total().metrics().get(Metric.AUC), within(0.01));
        assertThat(total.get(Metric.CALIBRATION)).isNull();
        assertThat(total.get(Metric.RECALL)).isNull();
        assertThat(total.get(Metric.ACCURACY))
                .as("by the prediction, not by the logit")
                .isEqualTo(59 / 75.0);
        assertThat(read.window().metrics()).isEqualTo(without(OF_CLASSES, total));
    }

    private static Metrics without(Set<Metric> absent, Metrics metrics) {
        Map<Metric, Double> values = new EnumMap<>(metrics.values());
        values.keySet().removeAll(absent);
        return new Metrics(metrics.samples(), values);
    }

    private static boolean equalBesidesClasses(Metrics read, Metrics expected) {
        return read.equals(without(OF_CLASSES, expected));
    }

    @Test
    void an_evaluation_of_version_2_is_read() throws Exception {
        Evaluation read = new EvaluationCodec().read(stored("v2", "evaluation"));
        assertThat(read)
                .usingRecursiveComparison()
                .withEqualsForType(WireCompatibilityTest::equalBesidesClasses, Metrics.class)
                .ignoringFields("subject.specHash", "total.scores")
                .ignoringFields(SINCE_5)
                .isEqualTo(evaluation());
        assertThat(read.total().metrics().get(Metric.AUC))
                .as("of bins")
                .isCloseTo(evaluation().total().metrics().get(Metric.AUC), within(0.01));
        assertThat(read.specHash()).isEmpty();
        assertThat(read.failure()).isNull();
    }

    @Test
    void an_evaluation_of_version_3_is_read() throws Exception {
        EvaluationCodec codec = new EvaluationCodec();
        assertThat(codec.read(stored("v3", "evaluation")))
                .usingRecursiveComparison()
                .withEqualsForType(WireCompatibilityTest::equalBesidesClasses, Metrics.class)
                .ignoringFields("total.scores")
                .ignoringFields(SINCE_5)
                .isEqualTo(evaluation());
        assertThat(codec.read(stored("v3", "failed-evaluation")))
                .usingRecursiveComparison()
                .withEqualsForType(ScoreSketch::equals, ScoreSketch.class)
                .isEqualTo(Evaluations.failed("delays", "fedcba9876543210", 2_000));
    }

    @Test
    void an_evaluation_of_version_4_is_read() throws Exception {
        Evaluation read = new EvaluationCodec().read(stored("v4", "evaluation"));
        assertThat(read)
                .usingRecursiveComparison()
                .withEqualsForType(ScoreSketch::equals, ScoreSketch.class)
                .withEqualsForType(WireCompatibilityTest::equalBesidesClasses, Metrics.class)
                .ignoringFields(SINCE_5)
                .isEqualTo(evaluation());
        assertThat(read.total().metrics().get(Metric.RECALL)).as("unknown").isNull();
    }

    @Test
    void records_of_version_5_are_read() throws Exception {
        assertThat(new EvaluationCodec().read(stored("v5", "evaluation")))
                .usingRecursiveComparison()
                .withEqualsForType(ScoreSketch::equals, ScoreSketch.class)
                .withEqualsForType(Double::equals, Double.class)
                .ignoringFields("counts", "window.replicaLosses", "learning.published")
                .isEqualTo(evaluation());
        SnapshotReader.Change change =
                new SnapshotReader().read(ParameterKey.snapshot("delays", "k/1").toBytes(), stored("v5", "snapshot"));
        assertThat(change.snapshot().snapshot().metrics())
                .isEqualTo(Snapshots.of("delays", "k/1", 5, 40).metrics());
    }

    @Test
    void an_evaluation_of_version_7_is_read() throws Exception {
        Evaluation read = new EvaluationCodec().read(stored("v7", "evaluation"));
        assertThat(read)
                .usingRecursiveComparison()
                .withEqualsForType(ScoreSketch::equals, ScoreSketch.class)
                .withEqualsForType(Double::equals, Double.class)
                .ignoringFields("counts", "learning.published")
                .isEqualTo(evaluation());
        // Every label was final.
        assertThat(read.counts()).isEqualTo(new Evaluation.Counts(900, 450, 3));
    }

    @Test
    void an_evaluation_of_version_9_is_read() throws Exception {
        Evaluation read = new EvaluationCodec().read(stored("v9", "evaluation"));
        assertThat(read)
                .usingRecursiveComparison()
                .withEqualsForType(ScoreSketch::equals, ScoreSketch.class)
                .withEqualsForType(Double::equals, Double.class)
                .ignoringFields("learning.published")
                .isEqualTo(evaluation());
        assertThat(read.learning().published()).isEqualTo(Evaluation.Published.UNKNOWN);
        assertThat(read.counts().corrections()).isEqualTo(20);
        assertThat(read.counts().unscored()).isEqualTo(1);
    }

    @Test
    void an_evaluation_of_version_10_is_read() throws Exception {
        assertThat(new EvaluationCodec().read(stored("v10", "evaluation")))
                .usingRecursiveComparison()
                .withEqualsForType(ScoreSketch::equals, ScoreSketch.class)
                .withEqualsForType(Double::equals, Double.class)
                .isEqualTo(evaluation());
    }

    @Test
    void a_snapshot_of_version_8_is_read() throws Exception {
        SnapshotReader.Change change =
                new SnapshotReader().read(ParameterKey.snapshot("delays", "k/1").toBytes(), stored("v8", "snapshot"));
        Snapshot snapshot = change.snapshot().snapshot();
        Snapshot expected = Snapshots.limited("delays", "k/1", -12.5, 1e9);
        assertThat(snapshot.spec()).isEqualTo(expected.spec());
        assertThat(snapshot.labelRange()).containsExactly(-12.5, 1e9);
        assertThat(snapshot.parameters()).isEqualTo(expected.parameters());
        assertThat(snapshot.metrics()).isEqualTo(expected.metrics());
    }

    @Test
    void a_snapshot_of_version_2_is_read() throws Exception {
        SnapshotReader.Change change =
                new SnapshotReader().read(ParameterKey.snapshot("delays", "k/1").toBytes(), stored("v2", "snapshot"));
        Snapshot expected = Snapshots.of("delays", "k/1", 5, 40);
        assertThat(change.snapshot().snapshot().metrics()).isEqualTo(expected.metrics());
        assertThat(change.snapshot().snapshot().lineage())
                .usingRecursiveComparison()
                .isEqualTo(expected.lineage());
    }

    /** A version that hashed the indices of every sparse vector wrote these records. */
    @Test
    void sparse_vectors_of_version_7_stay_hashed() throws Exception {
        ModelSpec spec = hashed().spec();
        byte[] record = stored("v7", "hashed-indices-model-spec");
        assertThat(new ModelSpecCodec().read(record)).isEqualTo(spec);
        assertThat(new ModelSpecCodec().write(spec, 5).value())
                .as("written again")
                .isEqualTo(record);

        byte[] snapshot = stored("v7", "hashed-indices-snapshot");
        PublishedSnapshot read = new SnapshotReader()
                .read(ParameterKey.snapshot("hashed", "").toBytes(), snapshot)
                .snapshot();
        assertThat(read.snapshot().spec()).isEqualTo(spec);
        assertThat(read.specHash()).isEqualTo(spec.hash()).isEqualTo("65695c5ac91ea035");
        assertThat(read.snapshot().parameters()).isEqualTo(hashed().parameters());
    }

    private static Snapshot hashed() {
        ModelSpec spec = ModelSpec.parse("""
                name: hashed
                label: y
                features:
                  numeric: [a]
                  categorical: [c]
                  sparse: [{field: s, hash: true}, {field: u, hash: true}]
                  hashBits: 3
                loss: mean-squared-error
                optimizer: sgd
                """);
        Snapshot some = Snapshots.of("hashed", "", 3, 40);
        return new Snapshot(
                spec,
                "",
                40,
                20,
                Arrays.copyOf(some.parameters(), spec.parameterCount()),
                new double[] {40, 1.5, 2},
                some.lineage(),
                new long[0],
                some.metrics());
    }

    @Test
    void a_part_of_a_warm_start_of_version_2_is_read() throws Exception {
        WarmStartCodec.Part part = new WarmStartCodec()
                .read("delays#0123456789abcdef/0".getBytes(StandardCharsets.UTF_8), stored("v2", "warm-start-part"));
        WarmStart expected = WarmStart.of(List.of(Snapshots.of("delays", "k/1", 5, 40)));
        String checksum = expected.warmStart().checksum();
        assertThat(WarmStartCodec.join(List.of(part.bytes()), checksum).warmStart())
                .isEqualTo(expected.warmStart());
    }

    @Test
    void the_format_of_a_topic_of_version_1_is_read() throws Exception {
        assertThat(new HistoryCodec(new SnapshotCodec()).readFormat(stored("topic-format")))
                .isEqualTo(topicFormat());
    }

    @Test
    void a_heartbeat_of_version_6_is_read() throws Exception {
        assertThat(new HeartbeatCodec().read(stored("v6", "heartbeat"))).isEqualTo(heartbeat(-1));
    }

    @Test
    void a_heartbeat_of_version_10_is_read() throws Exception {
        assertThat(new HeartbeatCodec().read(stored("v10", "heartbeat"))).isEqualTo(heartbeat(12));
    }

    @Test
    void a_report_of_a_join_of_version_9_is_read() throws Exception {
        assertThat(new JoinReportCodec().read(stored("v9", "join-report")))
                .isEqualTo(JoinReports.of("delays", JoinCount.FORGOTTEN.ordinal()));
    }

    private static Heartbeat heartbeat(long models) {
        return new Heartbeat(1_000, 9_000, 8_500, List.of(40L, 0L), List.of(70L, 0L), 30L, true, models);
    }

    private static TopicFormat topicFormat() {
        RecordFields fields = new RecordFields("trip.id", "at", null);
        return new TopicFormat("clicks", "confluent", "http://registry:8081", fields, List.of());
    }

    private static Evaluation evaluation() {
        return Evaluations.of("delays", "k/1", Evaluations.tally(Task.BINARY, 1, 50), 2_000, true);
    }

    private static byte[] stored(String name) throws IOException {
        return stored("v1", name);
    }

    private static byte[] stored(String version, String name) throws IOException {
        String file = "/compatibility/" + version + "/" + name + ".bin";
        try (InputStream in = WireCompatibilityTest.class.getResourceAsStream(file)) {
            return in.readAllBytes();
        }
    }

    /** Writes the missing files into a directory. */
    public static void main(String[] arguments) throws IOException {
        Map<String, Double> numbers = new TreeMap<>(Map.of("distance", 2475.5, "late", 1.0));
        Map<String, String> texts = new TreeMap<>(Map.of("carrier", "Zürich Air", "dest", "JFK"));
        Map<String, float[]> vectors =
                new TreeMap<>(Map.of("pixel", new float[] {0, 1.5f, -2, 1e-30f}, "empty", new float[0]));
        Map<String, SparseVector> sparse = new TreeMap<>(Map.of(
                "clicks", new SparseVector(new int[] {7, 0, 2_000_000_000, 7}, new float[] {0.5f, -2, 1e-30f, 1}),
                "empty", SparseVector.of(),
                "words", SparseVector.of(3, 5)));
        Snapshot snapshot = Snapshots.limited("delays", "k/1", -12.5, 1e9);
        ParameterBlock block = new ParameterBlock(
                "delays", "k/1", 40L, 2, 400_000, FloatBytes.write(new float[] {1.5f, -2, 1e-30f}, 0, 3));
        Map<String, byte[]> files = Map.of(
                "join-report",
                        new JoinReportCodec().write(JoinReports.of("delays")).value(),
                "sample",
                        new SampleWriter()
                                .write(
                                        new SampleHeader(
                                                "trip-7", "delays", 1_700_000_000_123L, 3, Stage.CHANGED, 0.25),
                                        numbers,
                                        texts,
                                        vectors,
                                        sparse),
                "model-spec", new ModelSpecCodec().write(snapshot.spec(), 5).value(),
                "snapshot",
                        new SnapshotCodec()
                                .write(snapshot, "samples", 1234, "0.1.0")
                                .get(0)
                                .value(),
                "parameter-block", new WireFormat<ParameterBlock>(block.getSchema(), List.of()).write(block),
                "warm-start-part",
                        new WarmStartCodec()
                                .write(
                                        "delays",
                                        "0123456789abcdef",
                                        List.of(new PublishedSnapshot(
                                                snapshot,
                                                new Publication(
                                                        "",
                                                        FloatBytes.checksum(snapshot.parameters()),
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
                "heartbeat", new HeartbeatCodec().write(heartbeat(12)).value(),
                "evaluation", new EvaluationCodec().write(evaluation()).value(),
                "failed-evaluation",
                        new EvaluationCodec()
                                .write(Evaluations.failed("delays", "fedcba9876543210", 2_000))
                                .value());
        for (Map.Entry<String, byte[]> entry : files.entrySet()) {
            Path file = Path.of(arguments[0], entry.getKey() + ".bin");
            if (Files.notExists(file)) {
                Files.write(file, entry.getValue());
            }
        }
    }
}
