package io.freshet.job.learn;

import io.freshet.job.decode.Rejects;
import io.freshet.job.publish.OutRecord;
import io.freshet.learning.learner.LearnerState;
import io.freshet.learning.learner.Rejections;
import io.freshet.learning.spec.ModelSpec;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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
final class LearnMetrics {
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
    private final Rejects rejects;
    private final Histogram learnNanos;
    private final Map<String, ModelMetrics> models = new HashMap<>();
    private int untilTimed = TIMED_EVERY;
    private long newest = Long.MIN_VALUE;

    /**
     * @param millis since 1970, UTC
     * @param nanos since some moment
     */
    LearnMetrics(MetricGroup group, LongSupplier millis, LongSupplier nanos) {
        this.group = group;
        this.millis = millis;
        this.nanos = nanos;
        learned = group.counter("learned");
        updates = group.counter("updates");
        snapshots = group.counter("snapshots");
        publishedBytes = group.counter("publishedBytes");
        rejects = new Rejects(group, Rejects.Kind.GRADIENT, Rejects.Kind.BATCH_FULL);
        learnNanos = group.histogram("learnNanos", new DescriptiveStatisticsHistogram(TIMES_KEPT));
        group.<Long, Gauge<Long>>gauge("eventTimeLagMillis", () -> ModelMetrics.since(newest, millis));
    }

    /** Measures how many models there are, how many of them are at hand, and how many samples wait. */
    void watch(ModelStates states, HeldSamples held) {
        group.<Long, Gauge<Long>>gauge("models", states::count);
        group.<Integer, Gauge<Integer>>gauge("modelsAtHand", states::atHand);
        group.<Long, Gauge<Long>>gauge("modelBytesAtHand", states::bytesAtHand);
        group.<Integer, Gauge<Integer>>gauge("heldSamples", held::count);
    }

    /** Says that a sample is about to be learned; returns when that began, or 0 if it is not to be timed. */
    long start() {
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
    void learned(long start, long eventTime, long steps) {
        if (start != 0) {
            learnNanos.update(nanos.getAsLong() - start);
        }
        learned.inc();
        updates.inc(steps);
        newest = Math.max(newest, eventTime);
    }

    /** Says that the end of the input led to so many steps of the optimizer. */
    void updated(long steps) {
        updates.inc(steps);
    }

    /** Says that samples were refused for their gradients, or that a batch was full. */
    void rejected(Rejections rejections, int i) {
        boolean full = rejections.reason(i).startsWith("batch.size");
        rejects.count(full ? Rejects.Kind.BATCH_FULL : Rejects.Kind.GRADIENT);
    }

    /** Says that the window of a model, or of one of its keys, has ended. */
    void windowEnded(ModelSpec spec, LearnerState state) {
        ModelMetrics model = model(spec);
        if (model != null && state.window().samples() > 0) {
            model.windowEnded(state.window().metrics().loss(), state.lineage().watermark());
        }
    }

    /** Says that a snapshot goes out, as these records. */
    void published(ModelSpec spec, List<OutRecord> records) {
        long bytes = 0;
        for (OutRecord each : records) {
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
