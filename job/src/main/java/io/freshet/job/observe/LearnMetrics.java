package io.freshet.job.observe;

import io.freshet.job.record.OutputRecord;
import io.freshet.learning.learner.LearnerState;
import io.freshet.learning.learner.Rejections;
import io.freshet.learning.spec.ModelSpec;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.Histogram;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.runtime.metrics.DescriptiveStatisticsHistogram;
import org.jspecify.annotations.Nullable;

/**
 * What one subtask of the learner counts and measures, in Flink's metrics; {@code docs/metrics.md} has all names.
 *
 * <p>Learning a sample costs three additions and a comparison: of the time it takes, one of {@value #TIMED_EVERY} is
 * measured, a prime number, so that the updates of full batches are met as often as they come. Gauges are read by threads
 * of Flink, a moment late at worst.
 */
public final class LearnMetrics {
    static final int TIMED_EVERY = 1021;
    static final int MAXIMUM_MODELS = 100;
    private static final int TIMES_KEPT = 1000;

    private final MetricGroup group;
    private final LongSupplier millis;
    private final LongSupplier nanos;
    private final Counter learned;
    private final Counter updates;
    private final Counter snapshots;
    private final Counter publishedBytes;
    private final RejectionCounters rejects;
    private final Histogram learnNanos;
    private final Map<String, ModelMetrics> models = new HashMap<>();
    private int untilTimed = TIMED_EVERY;
    private long newest = Long.MIN_VALUE;

    /**
     * @param millis since 1970, UTC
     * @param nanos since some moment
     */
    public LearnMetrics(MetricGroup group, LongSupplier millis, LongSupplier nanos) {
        this.group = group;
        this.millis = millis;
        this.nanos = nanos;
        learned = group.counter("learned");
        updates = group.counter("updates");
        snapshots = group.counter("snapshots");
        publishedBytes = group.counter("publishedBytes");
        rejects = new RejectionCounters(group, RejectionCounters.Kind.GRADIENT, RejectionCounters.Kind.BATCH_FULL);
        learnNanos = group.histogram("learnNanos", new DescriptiveStatisticsHistogram(TIMES_KEPT));
        group.<Long, Gauge<Long>>gauge("eventTimeLagMillis", () -> ModelMetrics.since(newest, millis));
    }

    /** Measures how many models there are, how many of them are at hand, and how many samples wait. */
    public void watch(LongSupplier models, IntSupplier cached, LongSupplier cachedBytes, IntSupplier buffered) {
        group.<Long, Gauge<Long>>gauge("models", models::getAsLong);
        group.<Integer, Gauge<Integer>>gauge("modelsAtHand", cached::getAsInt);
        group.<Long, Gauge<Long>>gauge("modelBytesAtHand", cachedBytes::getAsLong);
        group.<Integer, Gauge<Integer>>gauge("heldSamples", buffered::getAsInt);
    }

    /** Says that a sample is about to be learned; returns when that began, or 0 if it is not to be timed. */
    public long start() {
        if (--untilTimed > 0) {
            return 0;
        }
        untilTimed = TIMED_EVERY;
        return nanos.getAsLong();
    }

    /**
     * Says that a sample was learned.
     *
     * @param start what {@link #start} returned
     * @param eventTime of the sample, milliseconds since 1970, UTC
     * @param steps of the optimizer that it led to
     */
    public void learned(long start, long eventTime, long steps) {
        if (start != 0) {
            learnNanos.update(nanos.getAsLong() - start);
        }
        learned.inc();
        updates.inc(steps);
        newest = Math.max(newest, eventTime);
    }

    /** Says that the end of the input led to so many steps of the optimizer. */
    public void updated(long steps) {
        updates.inc(steps);
    }

    /** Says that samples were refused for their gradients, or that a batch was full. */
    public void rejected(Rejections rejections, int i) {
        boolean full = rejections.reason(i).startsWith("batch.size");
        rejects.count(full ? RejectionCounters.Kind.BATCH_FULL : RejectionCounters.Kind.GRADIENT);
    }

    /** Says that the window of a model, or of one of its keys, has ended. */
    public void windowEnded(ModelSpec spec, LearnerState state) {
        ModelMetrics model = model(spec);
        if (model != null && state.window().samples() > 0) {
            model.windowEnded(state.window().metrics().loss(), state.lineage().watermark());
        }
    }

    /** Says that a snapshot goes out, as these records. */
    public void published(ModelSpec spec, List<OutputRecord> records) {
        long bytes = 0;
        for (OutputRecord each : records) {
            bytes += (each.key() == null ? 0 : each.key().length) + (each.value() == null ? 0 : each.value().length);
        }
        snapshots.inc();
        publishedBytes.inc(bytes);
        ModelMetrics model = model(spec);
        if (model != null) {
            model.published(bytes, millis.getAsLong());
        }
    }

    /** Returns the metrics of a model, or null if there are too many models. */
    private @Nullable ModelMetrics model(ModelSpec spec) {
        ModelMetrics model = models.get(spec.name());
        if (model == null && models.size() < MAXIMUM_MODELS) {
            model = new ModelMetrics(group.addGroup("model", spec.name()), spec.key() != null, millis);
            models.put(spec.name(), model);
        }
        return model;
    }
}
