package io.freshet.job.observe;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.job.TestStream;
import io.freshet.job.record.OutputRecord;
import io.freshet.job.record.RecordHeaders;
import io.freshet.learning.learner.Learner;
import io.freshet.learning.learner.LearnerState;
import io.freshet.learning.spec.ModelSpec;
import java.util.List;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.Histogram;
import org.apache.flink.metrics.testutils.MetricListener;
import org.junit.jupiter.api.Test;

/** Would catch a metric label for each key, timing of every sample, and a lag relative to the wrong time. */
class LearnMetricsTest {
    private final MetricListener listener = new MetricListener();
    private long millis = 5_000_000;
    private long nanos;
    private final LearnMetrics metrics = new LearnMetrics(listener.getMetricGroup(), () -> millis, () -> nanos += 250);

    @Test
    void one_of_many_samples_is_timed() {
        for (int i = 1; i <= 3 * LearnMetrics.TIMED_EVERY + 5; i++) {
            metrics.learned(metrics.start(), 1_000, 2);
        }
        Histogram times = listener.getHistogram("learnNanos").orElseThrow();
        assertThat(times.getCount()).isEqualTo(3);
        assertThat(times.getStatistics().getMean()).isEqualTo(250);
        assertThat(nanos).as("reads of the clock").isEqualTo(6 * 250);
        assertThat(counter("learned")).isEqualTo(3 * LearnMetrics.TIMED_EVERY + 5);
        assertThat(counter("updates")).isEqualTo(2 * (3 * LearnMetrics.TIMED_EVERY + 5));
    }

    /** Monitoring reads a counter that falls as one that was reset. */
    @Test
    void a_return_to_the_best_epoch_lowers_no_counter() {
        metrics.learned(0, 1_000, 30);
        metrics.learned(0, 1_000, -20);
        metrics.updated(-5);
        assertThat(counter("updates")).isEqualTo(30);
        metrics.updated(7);
        assertThat(counter("updates")).isEqualTo(37);
    }

    @Test
    void the_lag_is_measured_from_the_newest_sample() {
        assertThat(gauge("eventTimeLagMillis")).isEqualTo(-1L);
        metrics.learned(0, 4_990_000, 1);
        metrics.learned(0, 4_000_000, 1);
        assertThat(gauge("eventTimeLagMillis")).isEqualTo(10_000L);
        millis += 1;
        assertThat(gauge("eventTimeLagMillis")).isEqualTo(10_001L);
        metrics.learned(0, millis + 60_000, 1);
        assertThat(gauge("eventTimeLagMillis"))
                .as("event time ahead of the clock")
                .isEqualTo(0L);
    }

    @Test
    void a_model_reports_its_last_window_and_snapshot() {
        ModelSpec spec = TestStream.whole(1);
        LearnerState state = learn(spec, 0, 3);
        metrics.windowEnded(spec, state);
        metrics.published(spec, List.of(record(10), record(32)));
        metrics.published(spec, List.of(record(7)));
        millis += 400;

        assertThat(gauge("model", "whole", "windowLoss"))
                .isEqualTo(state.window().metrics().loss());
        assertThat(gauge("model", "whole", "eventTimeLagMillis")).isEqualTo(millis - TestStream.eventTime(2));
        assertThat(gauge("model", "whole", "snapshotBytes")).isEqualTo(7L + 1);
        assertThat(gauge("model", "whole", "snapshotAgeMillis")).isEqualTo(400L);
        assertThat(listener.getCounter("model", "whole", "snapshots")
                        .orElseThrow()
                        .getCount())
                .isEqualTo(2);
        assertThat(counter("snapshots")).isEqualTo(2);
        assertThat(counter("publishedBytes")).isEqualTo(10 + 32 + 7 + 3);
    }

    @Test
    void the_loss_of_a_keyed_model_is_a_running_mean_over_keys() {
        ModelSpec spec = TestStream.keyed();
        LearnerState one = learn(spec, 0, 3);
        LearnerState other = learn(spec, 3, 9);
        metrics.windowEnded(spec, one);
        metrics.windowEnded(spec, other);
        double first = one.window().metrics().loss();
        double second = other.window().metrics().loss();
        assertThat(gauge("model", "keyed", "windowLoss")).isEqualTo(first + (second - first) / 16);
    }

    @Test
    void models_beyond_the_hundredth_count_only_in_the_totals() {
        for (int i = 0; i < LearnMetrics.MAXIMUM_MODELS + 5; i++) {
            ModelSpec spec = ModelSpec.parse("{name: m" + i + ", label: y, loss: huber, features: {numeric: [a]}}");
            metrics.published(spec, List.of(record(1)));
        }
        assertThat(counter("snapshots")).isEqualTo(LearnMetrics.MAXIMUM_MODELS + 5);
        assertThat(listener.getCounter("model", "m99", "snapshots")).isPresent();
        assertThat(listener.getCounter("model", "m100", "snapshots")).isEmpty();
    }

    private static LearnerState learn(ModelSpec spec, long from, long to) {
        Learner learner = new Learner(spec);
        LearnerState state = learner.start();
        for (long offset = from; offset < to; offset++) {
            learner.learn(state, TestStream.sample(spec, offset).sample());
        }
        return state;
    }

    /** Returns a record with a key of one byte. */
    private static OutputRecord record(int size) {
        return new OutputRecord("", new byte[1], new byte[size], 0, RecordHeaders.NONE);
    }

    private long counter(String name) {
        return listener.getCounter(name).map(Counter::getCount).orElseThrow();
    }

    private Object gauge(String... name) {
        Gauge<?> gauge = listener.getGauge(name).orElseThrow();
        return gauge.getValue();
    }
}
