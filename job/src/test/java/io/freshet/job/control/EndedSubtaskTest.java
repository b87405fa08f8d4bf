package io.freshet.job.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.job.TestStream;
import io.freshet.job.record.SourceRecord;
import io.freshet.job.record.SourceRecordSerializer;
import io.freshet.job.record.SpecChange;
import io.freshet.job.record.TrainerInput;
import io.freshet.job.record.TrainerInputSerializer;
import io.freshet.job.topology.TrainerEnvironment;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.BoundedOneInput;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Would catch a job that restarts forever from a checkpoint in which a subtask whose input has ended lacks the changes that the
 * others received after that.
 */
class EndedSubtaskTest {
    private static final int SUBTASKS = 2;
    /** Records of a split; the second one takes about five seconds. */
    private static final long RECORDS = 4_000;

    private static CountDownLatch ended = new CountDownLatch(1);
    private static CountDownLatch changed = new CountDownLatch(1);
    private static final AtomicBoolean FAILED = new AtomicBoolean();

    @BeforeEach
    void reset() {
        ended = new CountDownLatch(1);
        changed = new CountDownLatch(1);
        FAILED.set(false);
    }

    @Test
    void a_job_ends_that_restarts_after_others_received_a_change_that_an_ended_subtask_lacks() throws Exception {
        JobClient job = start();
        try {
            job.getJobExecutionResult().get(1, TimeUnit.MINUTES);
        } catch (TimeoutException e) {
            job.cancel().get();
            throw e;
        }
        assertThat(FAILED).isTrue();
    }

    private static JobClient start() throws Exception {
        Configuration configuration = new Configuration();
        configuration.set(RestartStrategyOptions.RESTART_STRATEGY, "fixed-delay");
        configuration.set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_ATTEMPTS, 2);
        configuration.set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_DELAY, Duration.ofMillis(10));
        StreamExecutionEnvironment env = StreamExecutionEnvironment.createLocalEnvironment(SUBTASKS, configuration);
        TrainerEnvironment.configure(env, Duration.ofMillis(20));
        env.fromSequence(0, SUBTASKS * RECORDS - 1)
                .map(EndedSubtaskTest::record)
                .returns(SourceRecordSerializer.type())
                .transform(
                        "changes",
                        TrainerInputSerializer.type(),
                        new SpecChangeOperatorFactory("models", new LateLog(), null))
                .uid("changes")
                .transform("fail at end", TrainerInputSerializer.type(), new FailingAtEnd())
                .rebalance()
                .sinkTo(new DiscardingSink<>());
        return env.executeAsync();
    }

    private static SourceRecord record(long offset) throws InterruptedException {
        if (offset >= RECORDS) {
            Thread.sleep(1);
        }
        return TestStream.record(offset, new byte[0]);
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
}
