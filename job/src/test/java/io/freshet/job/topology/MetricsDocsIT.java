package io.freshet.job.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.freshet.job.TestLines;
import io.freshet.job.TestStream;
import io.freshet.job.learn.LearnerResources;
import io.freshet.job.publish.Export;
import io.freshet.job.publish.ExportFunction;
import io.freshet.job.record.SourceRecord;
import io.freshet.job.specs.SpecChangeLog;
import io.freshet.job.specs.SpecRegistry;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.avro.ExportedType;
import io.freshet.schemas.sample.RecordFormat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.Histogram;
import org.apache.flink.metrics.Metric;
import org.apache.flink.runtime.metrics.groups.AbstractMetricGroup;
import org.apache.flink.runtime.testutils.InMemoryReporter;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Would catch an undocumented metric, a documented metric that does not exist, and wrong values. */
class MetricsDocsIT {
    private static final Path PAGE = Path.of("..", "docs", "metrics.md");
    private static final int SAMPLES = 2_500;
    private static final List<ModelSpec> SPECS = List.of(TestStream.whole(4), TestStream.keyed());
    /** Metrics that Flink registers for every operator. */
    private static final Pattern FLINKS = Pattern.compile("num(Records|Bytes)\\w*|current\\w*Watermark");

    private static final InMemoryReporter REPORTER = InMemoryReporter.createWithRetainedMetrics();
    private static final TestSink PARAMETERS = new TestSink();
    /** By Prometheus name, followed by the reason or model. */
    private static final Map<String, Metric> DECODE = new TreeMap<>();

    private static final Map<String, Metric> LEARN = new TreeMap<>();

    private static final Map<String, Metric> EXPORT = new TreeMap<>();

    private static final Map<String, Map<String, Metric>> BY_OPERATOR =
            Map.of("decode", DECODE, "learn", LEARN, "export metrics", EXPORT, "export history", EXPORT);

    @BeforeAll
    static void run() throws Exception {
        StreamExecutionEnvironment env =
                StreamExecutionEnvironment.createLocalEnvironment(1, REPORTER.addToConfiguration(new Configuration()));
        TrainerEnvironment.configure(env, Duration.ofMillis(50));
        TestSource<SourceRecord> samples = new TestSource<>(
                SAMPLES + 3,
                offset -> TestStream.record(
                        offset,
                        offset < SAMPLES
                                ? TestStream.value(offset)
                                : offset == SAMPLES
                                        ? TestStream.value(offset, "nobody")
                                        : offset == SAMPLES + 1
                                                ? TestStream.value(offset, Map.of("y", 7.0))
                                                : new byte[] {1, 2, 3}));
        TrainerSources sources = new TrainerSources(
                new TrainerSources.Samples("samples", null, 1, RecordFormat.avro(), samples, null),
                new TrainerSources.Specs("models", new SpecRegistry(SPECS), SpecChangeLog.empty()),
                LearnerResources.DEFAULT);
        TrainerSinks.Exports exports = new TrainerSinks.Exports(
                new ExportFunction(new Export.Json(), ExportedType.SNAPSHOT, "history-json"),
                new ExportFunction(new Export.Json(), ExportedType.EVALUATION, "metrics-json"));
        TrainerTopology.build(
                env,
                sources,
                new TrainerSinks(
                        PARAMETERS,
                        new TestSink(),
                        new TestSink(),
                        new TrainerSinks.Metrics(new TestSink(), null),
                        new TestSink(),
                        exports));
        env.execute();
        REPORTER.getMetricsByGroup().forEach((group, metrics) -> {
            String operator = group.getAllVariables().get("<operator_name>");
            if (operator != null && BY_OPERATOR.containsKey(operator)) {
                String scope = ((AbstractMetricGroup<?>) group).getLogicalScope(text -> text, '_');
                String label = group.getAllVariables().entrySet().stream()
                        .filter(variable -> variable.getKey().matches("<reason>|<model>"))
                        .map(variable -> " " + variable.getValue())
                        .collect(Collectors.joining());
                metrics.forEach((name, metric) -> {
                    if (!FLINKS.matcher(name).matches()) {
                        BY_OPERATOR.get(operator).put("flink_" + scope + "_" + name + label, metric);
                    }
                });
            }
        });
    }

    @AfterAll
    static void close() {
        REPORTER.close();
    }

    @Test
    void the_page_lists_exactly_the_metrics() throws IOException {
        assertThat(documented("Reading")).isEqualTo(names(DECODE));
        assertThat(documented("Learning")).isEqualTo(names(LEARN));
        assertThat(documented("Exporting")).isEqualTo(names(EXPORT));
    }

    @Test
    void the_page_lists_every_reason() throws IOException {
        String page = page();
        for (String metric : DECODE.keySet()) {
            if (metric.contains("_reason_")) {
                assertThat(page).contains("`" + metric.substring(metric.indexOf(' ') + 1) + "`");
            }
        }
    }

    @Test
    void counts_records_read_rejected_learned_and_published() {
        assertThat(count(DECODE, "samples")).isEqualTo(SAMPLES + 3);
        assertThat(count(DECODE, "skipped")).isZero();
        assertThat(count(DECODE, "rejected")).isEqualTo(3);
        assertThat(count(DECODE, "reason_rejected malformed")).isEqualTo(1);
        assertThat(count(DECODE, "reason_rejected unknown_model")).isEqualTo(1);
        assertThat(count(DECODE, "reason_rejected unfit")).isEqualTo(1);
        assertThat(count(DECODE, "reason_rejected no_value")).isZero();
        // The keyed model does not use y, and learns one more sample.
        assertThat(count(LEARN, "learned")).isEqualTo(2 * SAMPLES + 1);
        assertThat(count(LEARN, "rejected")).isZero();
        List<String> snapshots = TestLines.snapshots(PARAMETERS.written());
        assertThat(count(LEARN, "updates")).isEqualTo(updates(snapshots));
        int published = snapshots.size();
        assertThat(count(LEARN, "snapshots")).isEqualTo(published);
        assertThat(count(LEARN, "model_snapshots whole") + count(LEARN, "model_snapshots keyed"))
                .isEqualTo(published);
        assertThat(count(LEARN, "publishedBytes"))
                .isEqualTo(PARAMETERS.written().stream()
                        .mapToLong(record -> record.key().length + record.value().length)
                        .sum());
        assertThat(gauge("models")).isEqualTo(1L + 5);
        assertThat(gauge("bufferedSamples")).isEqualTo(0);
        assertThat((Double) gauge("model_windowLoss whole")).isPositive().isLessThan(2);
        assertThat((Long) gauge("model_snapshotAgeMillis keyed")).isBetween(0L, 600_000L);
        assertThat(((Histogram) metric(LEARN, "learnNanos")).getCount()).isEqualTo((2 * SAMPLES + 1) / 1021);
    }

    /** Returns the total steps of every model key's last snapshot. */
    private static long updates(List<String> snapshots) {
        Map<String, Long> last = new TreeMap<>();
        for (String line : snapshots) {
            String[] words = line.split(" ");
            last.put(words[0], Long.parseLong(words[List.of(words).indexOf("updates") + 1]));
        }
        return last.values().stream().mapToLong(Long::longValue).sum();
    }

    private static long count(Map<String, Metric> metrics, String name) {
        return ((Counter) metric(metrics, name)).getCount();
    }

    private static Object gauge(String name) {
        return ((Gauge<?>) metric(LEARN, name)).getValue();
    }

    private static Metric metric(Map<String, Metric> metrics, String name) {
        Metric metric = metrics.get("flink_taskmanager_job_task_operator_" + name);
        assertThat(metric).as(name + " of " + metrics.keySet()).isNotNull();
        return metric;
    }

    private static Set<String> names(Map<String, Metric> metrics) {
        return metrics.keySet().stream()
                .map(name -> name.replaceAll(" .*", ""))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** Returns the first column of the table of a section. */
    private static Set<String> documented(String section) throws IOException {
        String page = page();
        int start = page.indexOf("### " + section + ":");
        assertThat(start).as("section " + section).isPositive();
        String text = page.substring(start, page.indexOf("\n#", start + 1));
        return Pattern.compile("(?m)^\\| `(\\w+)` \\|")
                .matcher(text)
                .results()
                .map((MatchResult row) -> row.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static String page() throws IOException {
        assumeTrue(Files.isDirectory(PAGE.getParent()), "skipped: no docs next to this module");
        return Files.readString(PAGE);
    }
}
