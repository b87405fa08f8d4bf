package io.freshet.server.store;

import io.freshet.learning.evaluation.Metric;
import io.freshet.learning.evaluation.Metrics;
import io.freshet.schemas.avro.WireMetrics;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A condition that the snapshots of a model must meet to be served.
 *
 * @param model name of the model
 * @param metric a mean over samples, so that its value over the last ones follows from those since the start at two versions
 * @param atMost whether the bound is the largest value that passes; otherwise it is the smallest
 */
public record Gate(String model, Metric metric, boolean atMost, double bound) {
    private static final Pattern FORMAT = Pattern.compile("([^:]+):([^<>=]+)(<=|>=)(.+)");
    private static final List<Metric> METRICS = WireMetrics.ORDER.stream()
            .filter(metric -> metric.is(Metric.Trait.MEAN))
            .toList();

    /**
     * Parses a gate, such as {@code ctr:loss<=0.7}.
     *
     * @throws IllegalArgumentException if it is invalid
     */
    public static Gate parse(String text) {
        Matcher matcher = FORMAT.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException(text + " (expected: MODEL:METRIC<=NUMBER or MODEL:METRIC>=NUMBER)");
        }
        Metric metric = metric(text, matcher.group(2).strip());
        return new Gate(matcher.group(1).strip(), metric, matcher.group(3).equals("<="), bound(text, matcher.group(4)));
    }

    private static Metric metric(String text, String key) {
        return METRICS.stream()
                .filter(metric -> metric.key().equals(key))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(text + ": " + key + " (expected: one of "
                        + METRICS.stream().map(Metric::key).collect(Collectors.joining(", ")) + ")"));
    }

    private static double bound(String text, String number) {
        try {
            double bound = Double.parseDouble(number.strip());
            if (Double.isFinite(bound)) {
                return bound;
            }
        } catch (NumberFormatException e) {
            // Reported below.
        }
        throw new IllegalArgumentException(text + ": " + number.strip() + " (expected: a number)");
    }

    boolean passes(double value) {
        return atMost ? value <= bound : value >= bound;
    }

    /**
     * Returns the metric over the samples after an earlier version; null if the model does not have it, NaN without samples.
     *
     * <pre>
     *   (n * m - n' * m') / (n - n')     n, m: samples and mean since the start; n', m': at the earlier version
     * </pre>
     *
     * @param earlier null for all samples since the start
     */
    @Nullable Double since(@Nullable Metrics earlier, Metrics metrics) {
        Double mean = mean(metrics);
        if (mean == null || metrics.samples() == 0) {
            return mean == null ? null : Double.NaN;
        }
        Double before = earlier == null ? null : mean(earlier);
        if (earlier == null || before == null) {
            return value(mean);
        }
        long samples = metrics.samples() - earlier.samples();
        return value((metrics.samples() * mean - earlier.samples() * before) / samples);
    }

    private @Nullable Double mean(Metrics metrics) {
        Double value = metrics.get(metric);
        return value != null && metric.is(Metric.Trait.ROOT) ? (Double) (value * value) : value;
    }

    private double value(double mean) {
        return metric.is(Metric.Trait.ROOT) ? Math.sqrt(Math.max(0, mean)) : mean;
    }

    /** Returns the condition on the value, such as {@code <= 0.7}. */
    String expected() {
        return (atMost ? "<= " : ">= ") + bound;
    }

    @Override
    public String toString() {
        return model + ":" + metric.key() + (atMost ? "<=" : ">=") + bound;
    }
}
