package io.freshet.schemas.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.learning.evaluation.Event;
import io.freshet.learning.evaluation.Metric;
import io.freshet.learning.evaluation.Metrics;
import io.freshet.learning.evaluation.ScorePoints;
import io.freshet.learning.evaluation.ScoreSketch;
import io.freshet.learning.evaluation.Tally;
import io.freshet.learning.features.Incarnation;
import io.freshet.learning.features.Lineage;
import io.freshet.learning.loss.Task;
import io.freshet.learning.predict.Snapshot;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.learning.yaml.SpecException;
import io.freshet.schemas.avro.KeyedBytes;
import io.freshet.schemas.facts.Evaluation;
import io.freshet.schemas.facts.EvaluationCodec;
import io.freshet.schemas.facts.Heartbeat;
import io.freshet.schemas.facts.HeartbeatCodec;
import io.freshet.schemas.loop.JoinCount;
import io.freshet.schemas.loop.JoinCounts;
import io.freshet.schemas.loop.JoinDelays;
import io.freshet.schemas.loop.JoinReport;
import io.freshet.schemas.loop.JoinReportCodec;
import io.freshet.schemas.loop.ServedScore;
import io.freshet.schemas.sample.RecordFields;
import io.freshet.schemas.snapshot.HistoryCodec;
import io.freshet.schemas.snapshot.ModelSpecCodec;
import io.freshet.schemas.snapshot.RoundsRecord;
import io.freshet.schemas.snapshot.SnapshotCodec;
import io.freshet.schemas.snapshot.TopicFormat;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Would catch a record that a broker refuses, which would fail the job, and fail it again after every restart. Each test writes
 * the largest record of a type, and prints its size. {@code SnapshotLimitsTest} does the same for snapshots in one record.
 */
class RecordLimitsTest {
    private static final long MANY = Long.MAX_VALUE / 2;
    private static final int PARTITIONS = 100_000;
    private static final String MODEL = "m".repeat(100);
    private static final String KEY = "k".repeat(ParameterKey.LONGEST_KEY);

    @ParameterizedTest
    @CsvSource({
        "MULTICLASS, 25599, 25599",
        "MULTICLASS, 25600, 0",
        "SEQUENCE, 40000, 0",
        "MULTICLASS, 100000, 0",
        "REGRESSION, 100000, 100000",
        "BINARY, 100000, 100000"
    })
    void evaluations_fit_and_have_sums_by_class_as_long_as_those_do(Task task, int outputs, int listed)
            throws Exception {
        Tally empty = Tally.of(task, outputs);
        Tally total = Tally.restored(
                task,
                filled(empty.sums().length),
                filled(empty.classes().length),
                filled(empty.classSums().length),
                ScoreSketch.of(ScorePoints.NONE));
        Evaluation evaluation = evaluation(total);

        KeyedBytes record = new EvaluationCodec().write(evaluation);

        assertFits("evaluation of " + outputs + " " + task, record);
        Evaluation read = new EvaluationCodec().read(record.value());
        assertThat(read.total().classes().length == 1 ? 0 : read.total().classes().length)
                .isEqualTo(listed);
        assertThat(read.total().metrics().loss()).isEqualTo(total.metrics().loss());
        assertThat(read.total().metrics().get(Metric.ACCURACY))
                .isEqualTo(total.metrics().get(Metric.ACCURACY));
        if (listed == 0) {
            assertThat(read.total().metrics().get(Metric.BASELINE_LOSS)).isNull();
            assertThat(read.total().metrics().get(Metric.F1)).isNull();
            Tally sum = read.total().copy();
            sum.add(read.total());
            assertThat(sum.samples()).isGreaterThan(total.samples());
            assertThat(sum.metrics().loss()).isEqualTo(total.metrics().loss());
            assertThat(sum.metrics().get(Metric.BASELINE_LOSS)).isNull();
        }
    }

    @Test
    void an_evaluation_identifies_its_incarnation_by_the_partitions_that_fit() throws Exception {
        Evaluation evaluation = evaluation(Tally.of(Task.BINARY, 1));

        Evaluation read = new EvaluationCodec()
                .read(new EvaluationCodec().write(evaluation).value());

        assertThat(read.incarnation().partitions()).hasSizeLessThan(PARTITIONS);
        assertThat(read.incarnation().isSameIncarnation(evaluation.incarnation()))
                .isTrue();
    }

    @ParameterizedTest
    @CsvSource({"MULTICLASS, 100000", "MULTICLASS, 25599", "BINARY, 1"})
    void failures_fit_whatever_their_reason(Task task, int outputs) throws Exception {
        Evaluation failed =
                Evaluation.failed(MODEL, "0123456789abcdef", "\u20ac".repeat(5_000_000), MANY, Tally.of(task, outputs));

        KeyedBytes record = new EvaluationCodec().write(failed);

        assertFits("failure of " + outputs + " " + task, record);
        assertThat(new EvaluationCodec().read(record.value()).failure())
                .hasSize(1_003)
                .endsWith("\u20ac...");
        Map<String, byte[]> headers = DeadLetterHeaders.of("t", 0, 0, "learn", MODEL, "\u20ac".repeat(5_000_000));
        assertThat(headers.get(DeadLetterHeaders.MESSAGE)).hasSizeLessThan(4_000);
    }

    @ParameterizedTest
    @CsvSource({"50000, 50000", "50001, 0"})
    void heartbeats_fit(int partitions, int listed) throws Exception {
        List<Long> offsets = Collections.nCopies(partitions, Long.MAX_VALUE);

        KeyedBytes record =
                new HeartbeatCodec().write(new Heartbeat(MANY, MANY, MANY, offsets, offsets, MANY, false, -1));

        assertFits("heartbeat of " + partitions + " partitions", record);
        assertThat(new HeartbeatCodec().read(record.value()).read()).hasSize(listed);
    }

    /** Nine dimensions of 33 values each, besides the ages. */
    @Test
    void reports_of_joins_fit() {
        Map<Metric, Double> values = Arrays.stream(Metric.values())
                .collect(Collectors.toMap(metric -> metric, metric -> Math.PI, (a, b) -> a, LinkedHashMap::new));
        Metrics metrics = new Metrics(MANY, values);
        List<ServedScore> scores = IntStream.range(0, 1 + 7 + 9 * 33)
                .mapToObj(i -> new ServedScore(MODEL, "\u20ac".repeat(100), metrics, metrics, Math.PI, Math.PI))
                .toList();
        long[] counts = new long[JoinCount.values().length];
        Arrays.fill(counts, MANY);
        List<Long> bounds = LongStream.range(0, 60).map(i -> MANY + i).boxed().toList();
        JoinReport report = new JoinReport(
                MODEL,
                "0123456789abcdef",
                new JoinReport.Window(MANY, true, MANY, MANY),
                JoinCounts.of(counts),
                new JoinDelays(bounds, Collections.nCopies(61, MANY), 0.5),
                scores);

        assertFits("report of a join", new JoinReportCodec().write(report));
    }

    @Test
    void specifications_fit() {
        int features = 0;
        ModelSpec largest = specification(features);
        for (int step = 1 << 15; step >= 1 << 8; step /= 2) {
            try {
                largest = specification(features + step);
                features += step;
            } catch (SpecException e) {
                assertThat(e).hasMessageContaining(" bytes of text (expected: ");
            }
        }
        assertThat(features).isBetween(1 << 8, (1 << 16) - (1 << 9));

        assertFits("specification", new ModelSpecCodec().write(largest, MANY));
        assertFits("specification in history", new HistoryCodec(new SnapshotCodec()).write(largest, "0123", MANY));
    }

    private static ModelSpec specification(int features) {
        String names = IntStream.range(0, features)
                .mapToObj(i -> ", '\u20ac" + i + "'")
                .collect(Collectors.joining());
        return ModelSpec.parse("{name: " + MODEL + ", label: y, loss: poisson, features: {numeric: [a], categorical: [b"
                + names + "]}}");
    }

    @Test
    void blocks_of_the_widest_rows_fit() {
        String wide = "{name: " + MODEL + ", key: k, label: y, loss: sparse-categorical-cross-entropy, outputs: %d,"
                + " features: {numeric: [a]}, model: {type: factorization-machine, rank: 1}}";
        ModelSpec spec = ModelSpec.parse(wide.formatted(100_000));
        ModelSpec wider = ModelSpec.parse(wide.formatted(86_016).replace("rank: 1", "rank: 2"));
        assertThatThrownBy(() -> ModelSpec.parse(wide.formatted(86_017).replace("rank: 1", "rank: 2")))
                .hasMessage("outputs: 86017 (expected: up to 258048 parameters for each feature of model.type"
                        + " factorization-machine, not 258051)");
        for (ModelSpec each : List.of(spec, wider)) {
            Snapshot snapshot = new Snapshot(
                    each,
                    KEY,
                    MANY,
                    MANY,
                    new float[each.parameterCount()],
                    each.features().standardizer().start(),
                    new Lineage(),
                    versions(each),
                    null);
            for (KeyedBytes record : new SnapshotCodec().write(snapshot, "samples", MANY, "1.0.0")) {
                assertFits("block or manifest of " + each.outputs() + " outputs", record);
            }
        }
    }

    private static long[] versions(ModelSpec spec) {
        long[] versions = new long
                [spec.model().layout(spec.inputShape(), spec.outputs(), 0).blocks()];
        Arrays.fill(versions, MANY);
        return versions;
    }

    /** The most blocks that a model can have. */
    @Test
    void the_manifest_of_the_largest_model_fits() {
        ModelSpec spec = ModelSpec.parse("{name: " + MODEL + ", label: y, loss: poisson, optimizer: ftrl,"
                + " features: {categorical: [a], hashBits: 26}}");
        assertThat(spec.model().layout(spec.inputShape(), 1, 0).blocks()).isLessThan(1 << 15);
    }

    @Test
    void parts_of_messages_of_the_rounds_topic_fit() {
        byte[] key = RoundsRecord.key(MODEL, "contributions").getBytes(StandardCharsets.UTF_8);
        RoundsRecord part = new RoundsRecord((byte) 1, "o".repeat(1_000), 0, 0, 0, 0, 7, ByteBuffer.allocate(1 << 19));
        assertFits("part of a message of the rounds topic", new KeyedBytes(key, part.value()));
    }

    @Test
    void a_format_with_larger_schemas_is_refused_with_its_size() {
        HistoryCodec codec = new HistoryCodec(new SnapshotCodec());
        TopicFormat format = new TopicFormat("t", "avro", null, RecordFields.NONE, List.of("s".repeat(2_000_000)));
        assertThatThrownBy(() -> codec.write(format, 0))
                .hasMessageMatching("record @format/t: 2000\\d\\d\\d bytes \\(expected: up to 1047552\\)");
    }

    private static Evaluation evaluation(Tally total) {
        int[] partitions = IntStream.range(0, PARTITIONS).toArray();
        long[] offsets = LongStream.range(0, PARTITIONS).map(i -> MANY + i).toArray();
        List<Event.Offsets> samplesIn = IntStream.range(0, PARTITIONS)
                .mapToObj(i -> new Event.Offsets(i, MANY, MANY))
                .toList();
        List<Event> events = IntStream.range(0, 100)
                .mapToObj(i ->
                        new Event(Event.Kind.DIVERGENCE, "page-hinkley", MANY, Math.PI, Math.PI, "revert", samplesIn))
                .toList();
        return new Evaluation(
                new Evaluation.Subject(MODEL, KEY, new Incarnation(partitions, offsets), "0123456789abcdef"),
                new Evaluation.Counts(MANY, MANY, MANY, MANY, MANY),
                new Evaluation.Window(MANY, true, MANY, MANY, total.metrics(), Collections.nCopies(1024, Math.PI)),
                total,
                new Evaluation.Learning(
                        null, total.metrics(), 1, true, events, new Evaluation.BestEpoch(1, total.metrics())),
                new Evaluation.Progress(MANY, MANY, true));
    }

    private static double[] filled(int length) {
        double[] numbers = new double[length];
        Arrays.fill(numbers, Math.PI * 1_000);
        return numbers;
    }

    private static void assertFits(String type, KeyedBytes record) {
        int bytes = record.key().length + (record.value() == null ? 0 : record.value().length);
        System.out.printf(Locale.ROOT, "%,d bytes: %s%n", bytes, type);
        assertThat(RecordLimit.fits(record)).as("%s: %d bytes", type, bytes).isTrue();
        assertThat(RecordLimit.require(record)).isSameAs(record);
    }
}
