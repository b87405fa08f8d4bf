package io.freshet.job.specs;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.job.TestStream;
import io.freshet.job.record.SourceRecord;
import io.freshet.job.record.SpecChange;
import io.freshet.job.record.TrainerInput;
import io.freshet.job.record.TrainerInputSerializer;
import io.freshet.job.topology.TrainerEnvironment;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.BoundedOneInput;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.util.Collector;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Would catch a bounded job that never ends after a restart, because of subtasks that had ended. One whose input has ended lacks
 * the changes that others received after that. Those that have all finished are not opened again, but Flink asks their
 * coordinator for every checkpoint.
 */
class FinishedSubtasksIT {
    private static final int SUBTASKS = 2;
    /** Records of a split; reading a slow one takes about five seconds. */
    private static final long RECORDS = 4_000;

    private static final AtomicBoolean FAILED = new AtomicBoolean();
    private static final AtomicInteger CLOSED = new AtomicInteger();
    /** Subtasks that have received the change. */
    private static final Set<Integer> CHANGED = ConcurrentHashMap.newKeySet();

    private static CountDownLatch ended = new CountDownLatch(1);
    private static CountDownLatch changed = new CountDownLatch(1);

    @BeforeEach
    void reset() {
        FAILED.set(false);
        CLOSED.set(0);
        CHANGED.clear();
        ended = new CountDownLatch(1);
        changed = new CountDownLatch(1);
    }

    @Test
    void a_subtask_that_had_ended_receives_the_change_that_others_received_after_that() throws Exception {
        StreamExecutionEnvironment env = environment();
        env.fromSequence(0, SUBTASKS * RECORDS - 1)
                .map(offset -> offset < RECORDS ? record(offset) : slowly(offset))
                .returns(SourceRecord.TYPE)
                .transform(
                        "changes",
                        TrainerInputSerializer.type(),
                        new SpecChangeOperatorFactory("models", new LateLog(), null))
                .uid("changes")
                .transform("fail at end", TrainerInputSerializer.type(), new FailingAtEnd())
                .rebalance()
                .sinkTo(new DiscardingSink<>());

        assertEndsAfterFailure(env);
        assertThat(CHANGED).hasSize(SUBTASKS);
    }

    @Test
    void a_job_ends_that_restarts_after_all_of_them_have_finished() throws Exception {
        StreamExecutionEnvironment env = environment();
        SpecChangeLog log = SpecChangeLog.of(List.of(SpecChange.deleted("a")));
        DataStream<TrainerInput> changes = env.fromSequence(0, SUBTASKS)
                .map(FinishedSubtasksIT::record)
                .returns(SourceRecord.TYPE)
                .transform("changes", TrainerInputSerializer.type(), new SpecChangeOperatorFactory("models", log, null))
                .uid("changes")
                .process(new CountingClosed(), TrainerInputSerializer.type());
        DataStream<TrainerInput> later = env.fromSequence(0, SUBTASKS * RECORDS)
                .map(offset -> (TrainerInput) slowly(offset))
                .returns(TrainerInputSerializer.type());
        changes.rebalance()
                .union(later.rebalance())
                .transform("fail later", TrainerInputSerializer.type(), new FailingLater())
                .sinkTo(new DiscardingSink<>());

        assertEndsAfterFailure(env);
    }

    private static StreamExecutionEnvironment environment() {
        Configuration configuration = new Configuration();
        configuration.set(RestartStrategyOptions.RESTART_STRATEGY, "fixed-delay");
        configuration.set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_ATTEMPTS, 2);
        configuration.set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_DELAY, Duration.ofMillis(10));
        StreamExecutionEnvironment env = StreamExecutionEnvironment.createLocalEnvironment(SUBTASKS, configuration);
        TrainerEnvironment.configure(env, Duration.ofMillis(20));
        return env;
    }

    private static void assertEndsAfterFailure(StreamExecutionEnvironment env) throws Exception {
        JobClient job = env.executeAsync();
        try {
            job.getJobExecutionResult().get(1, TimeUnit.MINUTES);
        } catch (TimeoutException e) {
            job.cancel().get();
            throw e;
        }
        assertThat(FAILED).isTrue();
    }

    private static SourceRecord record(long offset) {
        return TestStream.record(offset, new byte[0]);
    }

    private static SourceRecord slowly(long offset) throws InterruptedException {
        Thread.sleep(1);
        return record(offset);
    }

    /** Has a change from when the input of a subtask has ended. */
    private static final class LateLog implements SpecChangeLog {
        private static final long serialVersionUID = 1;

        @Override
        public long start() {
            return 0;
        }

        @Override
        public Reader open(long position) {
            return new Reader() {
                private long next = position;

                @Override
                public List<Entry> poll() {
                    return next == 0 && ended.getCount() == 0
                            ? List.of(new Entry(SpecChange.deleted("a"), ++next))
                            : List.of();
                }

                @Override
                public boolean hasCaughtUp() {
                    return true;
                }

                @Override
                public void close() {}
            };
        }
    }

    /** At its end, waits until another subtask has received the change; fails once, at the next checkpoint. */
    private static final class FailingAtEnd extends AbstractStreamOperator<TrainerInput>
            implements OneInputStreamOperator<TrainerInput, TrainerInput>, BoundedOneInput {
        private static final long serialVersionUID = 1;

        private boolean isAtEnd;
        private long beforeEnd;

        @Override
        public void processElement(StreamRecord<TrainerInput> element) {
            if (element.getValue() instanceof SpecChange) {
                CHANGED.add(getRuntimeContext().getTaskInfo().getIndexOfThisSubtask());
                changed.countDown();
            }
            output.collect(element);
        }

        @Override
        public void endInput() throws InterruptedException {
            isAtEnd = true;
            ended.countDown();
            changed.await(1, TimeUnit.MINUTES);
        }

        @Override
        public void snapshotState(StateSnapshotContext context) throws Exception {
            super.snapshotState(context);
            if (!isAtEnd) {
                beforeEnd = context.getCheckpointId();
            }
        }

        @Override
        public void notifyCheckpointComplete(long checkpointId) throws Exception {
            super.notifyCheckpointComplete(checkpointId);
            if (isAtEnd && checkpointId > beforeEnd && FAILED.compareAndSet(false, true)) {
                throw new IllegalStateException("fails at the end");
            }
        }
    }

    private static final class CountingClosed extends ProcessFunction<TrainerInput, TrainerInput> {
        private static final long serialVersionUID = 1;

        @Override
        public void processElement(TrainerInput input, Context context, Collector<TrainerInput> out) {
            out.collect(input);
        }

        @Override
        public void close() {
            CLOSED.incrementAndGet();
        }
    }

    /** Fails once, at a checkpoint that started after the subtasks of the other task had all finished. */
    private static final class FailingLater extends AbstractStreamOperator<TrainerInput>
            implements OneInputStreamOperator<TrainerInput, TrainerInput> {
        private static final long serialVersionUID = 1;
        private static final AtomicLong FIRST = new AtomicLong();

        @Override
        public void processElement(StreamRecord<TrainerInput> element) {
            output.collect(element);
        }

        @Override
        public void snapshotState(StateSnapshotContext context) throws Exception {
            super.snapshotState(context);
            if (CLOSED.get() < SUBTASKS) {
                // The next checkpoint may have started already.
                FIRST.set(context.getCheckpointId() + 2);
            }
        }

        @Override
        public void notifyCheckpointComplete(long checkpointId) throws Exception {
            super.notifyCheckpointComplete(checkpointId);
            if (CLOSED.get() == SUBTASKS && checkpointId > FIRST.get() && FAILED.compareAndSet(false, true)) {
                throw new IllegalStateException("fails later");
            }
        }
    }
}
