package io.freshet.benchmarks.state;

import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Histogram;
import org.apache.flink.metrics.Metric;
import org.apache.flink.metrics.MetricConfig;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.reporter.MetricReporter;
import org.apache.flink.metrics.reporter.MetricReporterFactory;

/** Makes the learner's counters and histograms available to the benchmark, which runs the job in the same JVM. */
public final class LearnerMetrics implements MetricReporter, MetricReporterFactory {
    private static final Map<String, Counter> COUNTERS = new ConcurrentHashMap<>();
    private static final Map<String, Histogram> HISTOGRAMS = new ConcurrentHashMap<>();

    /** Returns a counter of the most recent job; 0 before its learner has started. */
    static long count(String name) {
        Counter counter = COUNTERS.get(name);
        return counter == null ? 0 : counter.getCount();
    }

    /** Returns a quantile of the most recent values of a histogram; 0 if there are none. */
    static double quantile(String name, double quantile) {
        Histogram histogram = HISTOGRAMS.get(name);
        return histogram == null || histogram.getCount() == 0
                ? 0
                : histogram.getStatistics().getQuantile(quantile);
    }

    static void clear() {
        COUNTERS.clear();
        HISTOGRAMS.clear();
    }

    @Override
    public MetricReporter createMetricReporter(Properties properties) {
        return this;
    }

    @Override
    public void open(MetricConfig config) {}

    @Override
    public void close() {}

    @Override
    public void notifyOfAddedMetric(Metric metric, String name, MetricGroup group) {
        Map<String, String> variables = group.getAllVariables();
        boolean perModel = variables.containsKey("<model>");
        if (!"learn".equals(variables.get("<operator_name>")) || perModel) {
            return;
        }
        if (metric instanceof Counter counter) {
            COUNTERS.put(name, counter);
        } else if (metric instanceof Histogram histogram) {
            HISTOGRAMS.put(name, histogram);
        }
    }

    @Override
    public void notifyOfRemovedMetric(Metric metric, String name, MetricGroup group) {}
}
