package io.freshet.job.join;

import io.freshet.job.join.EventTimes.Ends;
import io.freshet.job.source.PausingEnumerator;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.flink.api.connector.source.SourceEvent;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.connector.kafka.source.enumerator.KafkaSourceEnumState;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.flink.util.clock.Clock;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Carries {@link EventTimes} between the brokers and the readers. */
final class TimedEnumerator extends PausingEnumerator {
    private static final Logger LOG = LoggerFactory.getLogger(TimedEnumerator.class);

    private static final long PERIOD_MILLIS = 200;
    private static final long PERIOD_NANOS = Duration.ofMillis(PERIOD_MILLIS).toNanos();
    private static final long WARNING_NANOS = Duration.ofMinutes(1).toNanos();

    private final SplitEnumeratorContext<KafkaPartitionSplit> context;
    private final EventTimes times;
    private final LogEnds ends;
    private final Clock clock;
    private long known;
    private Set<TopicPartition> gone = Set.of();
    /** Why no broker answered last. */
    private volatile @Nullable String failure;
    /** When the brokers were last asked. */
    private long asked;

    TimedEnumerator(
            SplitEnumerator<KafkaPartitionSplit, KafkaSourceEnumState> kafka,
            SplitEnumeratorContext<KafkaPartitionSplit> context,
            EventTimes times,
            LogEnds ends,
            Clock clock) {
        super(kafka, context);
        this.context = context;
        this.times = times;
        this.ends = ends;
        this.clock = clock;
    }

    @Override
    public void start() {
        super.start();
        known = clock.relativeTimeNanos();
        asked = known - PERIOD_NANOS;
        context.callAsync(this::ask, this::tell, 0, PERIOD_MILLIS);
    }

    /** Returns null if it is too early: rounds that were delayed are not made up for. */
    private @Nullable Ends ask() {
        EventTimes.Known known = times.known();
        long nanos = clock.relativeTimeNanos();
        if (nanos - asked < PERIOD_NANOS / 2) {
            return null;
        }
        asked = nanos;
        try {
            Map<TopicPartition, LogEnds.Log> logs = ends.read();
            failure = null;
            return new Ends(nanos, known, logs);
        } catch (Exception e) {
            LOG.debug("no broker answers where the partitions of the join end", e);
            failure = String.valueOf(e instanceof ExecutionException && e.getCause() != null ? e.getCause() : e);
            return new Ends(nanos, known, Map.of());
        }
    }

    private void tell(@Nullable Ends answer, @Nullable Throwable failure) {
        if (failure != null) {
            throw new IllegalStateException("asking for the ends of partitions", failure);
        }
        if (answer == null) {
            return;
        }
        EndsEvent event = times.ask(answer);
        context.registeredReaders().keySet().forEach(task -> context.sendEventToSourceReader(task, event));
        warn(answer);
    }

    private void warn(Ends answer) {
        Set<TopicPartition> newlyGone = times.gone();
        if (!newlyGone.equals(gone)) {
            gone = newlyGone;
            if (!gone.isEmpty()) {
                LOG.warn(
                        "{}: restored, but not among the partitions of the topics now; event time does not wait for them",
                        gone);
            }
        }
        if (!answer.logs().isEmpty() && times.waiting().isEmpty()) {
            known = answer.nanos();
        } else if (answer.nanos() - known > WARNING_NANOS) {
            LOG.warn(
                    "event time waits: no broker tells where {} end, no task reads them, or their logs are shorter than what was read{}",
                    answer.logs().isEmpty() ? "partitions" : times.waiting(),
                    failure == null ? "" : ": " + failure);
            known = answer.nanos();
        }
    }

    @Override
    protected boolean receive(int subtask, SourceEvent event) {
        if (event instanceof ProgressEvent progress) {
            times.receive(subtask, progress, context.currentParallelism());
            pause(times.paused());
        } else if (event instanceof ReachedEvent reached) {
            times.reached(reached.watermark());
        } else {
            return false;
        }
        return true;
    }

    @Override
    public void addReader(int subtask) {
        times.remove(subtask);
        super.addReader(subtask);
    }

    @Override
    public void close() throws IOException {
        ends.close();
        super.close();
    }
}
