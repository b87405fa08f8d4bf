package io.freshet.server.metrics;

import io.freshet.schemas.facts.LatestEvaluations;
import io.freshet.schemas.kafka.FreshetVersion;
import io.freshet.server.store.ModelStore;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.jvm.ClassLoaderMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/** The server's own metrics. Thread-safe. {@link #close} removes the listeners that are registered with the JVM. */
public final class ServerMetrics implements AutoCloseable {
    /** The model label of requests and records for an unknown model. */
    public static final String UNKNOWN = "unknown";

    private static final List<String> SWAP_RESULTS = List.of("swapped", "stale", "removed", "gated", "broken");

    private static final List<String> SHADOW_RESULTS = List.of("predicted", "dropped", "failed");

    private static final Duration[] BUCKETS = {
        Duration.ofNanos(100_000),
        Duration.ofNanos(250_000),
        Duration.ofMillis(1),
        Duration.ofNanos(2_500_000),
        Duration.ofMillis(5),
        Duration.ofMillis(10),
        Duration.ofMillis(25),
        Duration.ofMillis(50),
        Duration.ofMillis(100),
        Duration.ofMillis(250),
        Duration.ofSeconds(1),
    };

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final JvmGcMetrics garbageCollection = new JvmGcMetrics();
    private final ModelStore store;
    private final LatestEvaluations evaluations;
    private final InstantSource clock;
    private final Map<String, Double> lags = new ConcurrentHashMap<>();
    /** The topics whose brokers answer, whether they exist or not. */
    private final Set<String> answered = ConcurrentHashMap.newKeySet();

    private final Map<String, InferCounts> inferCounts = new ConcurrentHashMap<>();
    private final Map<String, LatencyHistogram> latencies = new ConcurrentHashMap<>();
    /** By model and code: to find a timer in the registry takes a microsecond. */
    private final Map<Requests, Timer> requests = new ConcurrentHashMap<>();

    private final ModelGauges gauges;
    private final Timer swapDuration;

    private record Requests(String model, int code) {}

    public ServerMetrics(
            ModelStore store, LatestEvaluations evaluations, ModelConditions conditions, InstantSource clock) {
        this.store = store;
        this.evaluations = evaluations;
        this.clock = clock;
        gauges = new ModelGauges(registry, conditions);
        Gauge.builder("freshet.trainer.clock.ahead.seconds", conditions, ModelConditions::clockAheadSeconds)
                .description("By how much the newest heartbeat was ahead of the server's clock")
                .register(registry);
        Gauge.builder("freshet.build.info", () -> 1)
                .description("1; the label has the version")
                .tag("version", FreshetVersion.VERSION)
                .register(registry);
        swapDuration = Timer.builder("freshet.swap.duration")
                .description("Time to apply a record of a parameters topic, from its bytes to the swap")
                .serviceLevelObjectives(BUCKETS)
                .register(registry);
        garbageCollection.bindTo(registry);
        List.of(
                        new ClassLoaderMetrics(),
                        new JvmMemoryMetrics(),
                        new JvmThreadMetrics(),
                        new ProcessorMetrics(),
                        new UptimeMetrics())
                .forEach(binder -> binder.bindTo(registry));
    }

    /** Counts the outcome of a snapshot: swapped, stale, removed, or gated. Those of the model's others start at 0. */
    public void swap(String model, String result) {
        count("freshet.swaps", "Snapshots received, by result", model, result, SWAP_RESULTS);
    }

    /** Counts one of the results of a model. Those of the model's others start at 0. */
    private void count(String name, String description, String model, String result, List<String> results) {
        for (String each : results) {
            counter(name, description, Tags.of("model", model, "result", each)).increment(each.equals(result) ? 1 : 0);
        }
    }

    /** Records how long a record of a parameters topic took that led to a swap. */
    public void swapDuration(Duration duration) {
        swapDuration.record(duration);
    }

    /** Counts a snapshot that was malformed or invalid. */
    public void brokenSwap(String model) {
        swap(known(model), "broken");
    }

    /** Counts a record that was skipped because it was malformed or could not be processed. */
    public void broken(String topic) {
        brokenRecords(topic).increment();
    }

    /** Sets the number of records of a topic that are not read yet; NaN while there is no topic or no broker. */
    public void lag(String topic, double records) {
        if (lags.put(topic, records) != null) {
            return;
        }
        Gauge.builder("freshet.lag.records", lags, all -> all.getOrDefault(topic, Double.NaN))
                .description("Records that the server has not read yet")
                .tag("topic", topic)
                .register(registry);
        Gauge.builder("freshet.broker.connected", answered, all -> all.contains(topic) ? 1 : 0)
                .description("1 while the brokers answer, even if the topic does not exist; 0 otherwise")
                .tag("topic", topic)
                .register(registry);
        brokenRecords(topic);
    }

    /** Records that the brokers of a topic answer. */
    public void reachable(String topic) {
        answered.add(topic);
    }

    /** Records that the brokers of a topic do not answer, or refuse. */
    public void unreachable(String topic) {
        answered.remove(topic);
    }

    /**
     * Shows a number that another class counts, because it decides by it.
     *
     * @param name such as {@code freshet.connections}
     */
    public void gauge(String name, String description, Supplier<Number> value) {
        Gauge.builder(name, value).description(description).register(registry);
    }

    /** Returns the counts of a served model. */
    public InferCounts inferCounts(String model) {
        return inferCounts.computeIfAbsent(model, name -> new InferCounts());
    }

    /** Counts predicted rows of a served model. */
    public void predicted(String model, int rows) {
        inferCounts(model).predicted(rows, clock.millis());
    }

    /** Counts a completed inference request. */
    public void request(String model, int code, InferTimes times) {
        Duration duration = times.total();
        if (store.answers(model)) {
            inferCounts(model).ended(code == 200, duration, times);
        }
        String name = known(model);
        latencies(name).record(duration.toNanos() / 1e9);
        requests.computeIfAbsent(new Requests(name, code), this::requestTimer).record(duration);
    }

    private Timer requestTimer(Requests requests) {
        return Timer.builder("freshet.request.duration")
                .description("Time to respond to inference requests")
                .tag("model", requests.model)
                .tag("code", Integer.toString(requests.code))
                .serviceLevelObjectives(BUCKETS)
                .register(registry);
    }

    /** Counts rows of requests to learn, by result. */
    public void rowsToLearn(String result, int rows) {
        counter("freshet.learn.rows", "Rows received to learn, by result", Tags.of("result", result))
                .increment(rows);
    }

    /** Counts outcomes of requests, by result. */
    public void outcomes(String result, int rows) {
        counter("freshet.feedback.outcomes", "Outcomes received, by result", Tags.of("result", result))
                .increment(rows);
    }

    /** Counts answered rows of the sample to log, by result. */
    public void answers(String result, int rows) {
        counter("freshet.answers", "Answered rows to log, by result", Tags.of("result", result))
                .increment(rows);
    }

    /** Counts a request to predict with a model's shadow: predicted, dropped, or failed. */
    public void shadow(String model, String result) {
        count(
                "freshet.shadow.requests",
                "Requests to predict with the version labeled shadow, by result",
                model,
                result,
                SHADOW_RESULTS);
    }

    /** Records by how much a row that was predicted with a model's shadow differs from the answer. */
    public void shadowDifference(String model, double difference) {
        DistributionSummary.builder("freshet.shadow.difference")
                .description(
                        "Mean absolute difference between the predictions of the shadow and the answer, of each row")
                .tag("model", model)
                .register(registry)
                .record(difference);
    }

    /** Returns the durations of a model's completed inference requests. */
    public LatencyHistogram latencies(String model) {
        return latencies.computeIfAbsent(model, name -> new LatencyHistogram());
    }

    /** Counts a rejected request. */
    public void rejected(String reason) {
        rejections(reason).increment();
    }

    /** Starts the counters of rejected requests at 0. */
    public void expectRejections(Collection<String> reasons) {
        reasons.forEach(this::rejections);
    }

    /** Returns all metrics in Prometheus's text format. Synchronized, because it rebuilds the rows of all models. */
    public synchronized String scrape() {
        long now = clock.millis();
        gauges.update(store.models(), evaluations.failures(now).keySet(), now);
        return registry.scrape();
    }

    @Override
    public void close() {
        garbageCollection.close();
        registry.close();
    }

    private String known(String model) {
        return store.answers(model) ? model : UNKNOWN;
    }

    private Counter rejections(String reason) {
        return counter("freshet.rejected", "Requests rejected", Tags.of("reason", reason));
    }

    private Counter brokenRecords(String topic) {
        return counter("freshet.records.broken", "Records that could not be used", Tags.of("topic", topic));
    }

    private Counter counter(String name, String description, Tags tags) {
        return Counter.builder(name).description(description).tags(tags).register(registry);
    }
}
