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
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.util.Collector;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Would catch a job that waits forever for a checkpoint, since it was restored from one of which the subtasks that insert
 * changes had all finished. Flink does not open them again, but asks their coordinator for every checkpoint.
 */
class FinishedSubtasksTest {
    private static final int SUBTASKS = 2;
    /** Records of the source that goes on after the other one, in about five seconds. */
    private static final long LATER_RECORDS = 4_000;

    private static final AtomicInteger CLOSED = new AtomicInteger();
    private static final AtomicBoolean FAILED = new AtomicBoolean();

    @BeforeEach
    void reset() {
        CLOSED.set(0);
        FAILED.set(false);
    }

    @Test
    void a_job_ends_that_restarts_after_all_of_them_have_finished() throws Exception {
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
        configuration.set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_ATTEMPTS, 1);
        configuration.set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_DELAY, Duration.ofMillis(10));
        StreamExecutionEnvironment env = StreamExecutionEnvironment.createLocalEnvironment(SUBTASKS, configuration);
        TrainerEnvironment.configure(env, Duration.ofMillis(20));
        SpecChangeLog log = SpecChangeLog.of(List.of(SpecChange.deleted("a")));
        DataStream<TrainerInput> changes = env.fromSequence(0, SUBTASKS)
                .map(FinishedSubtasksTest::record)
                .returns(SourceRecordSerializer.type())
                .transform("changes", TrainerInputSerializer.type(), new SpecChangeOperatorFactory("models", log, null))
                .uid("changes")
                .process(new CountingClosed(), TrainerInputSerializer.type());
        DataStream<TrainerInput> later = env.fromSequence(0, LATER_RECORDS * SUBTASKS)
                .map(FinishedSubtasksTest::slowly)
                .returns(TrainerInputSerializer.type());
        changes.rebalance()
                .union(later.rebalance())
                .transform("fail later", TrainerInputSerializer.type(), new FailingLater())
                .sinkTo(new DiscardingSink<>());
        return env.executeAsync();
    }

    private static SourceRecord record(long offset) {
        return TestStream.record(offset, new byte[0]);
    }

    private static TrainerInput slowly(long offset) throws InterruptedException {
        Thread.sleep(1);
        return record(offset);
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
