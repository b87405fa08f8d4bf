package io.freshet.job.specs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.freshet.job.TestStream;
import io.freshet.job.record.SourceRecord;
import io.freshet.job.record.SpecChange;
import io.freshet.job.record.TrainerInput;
import io.freshet.job.record.TrainerInputSerializer;
import io.freshet.job.topology.TrainerEnvironment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import org.apache.flink.api.common.state.BroadcastState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Would catch a change that a subtask misses or receives twice, or that divides the subtasks at a checkpoint barrier, when
 * subtasks fail.
 */
class SpecChangesIT {
    private static final int SUBTASKS = 3;
    private static final int CHANGES = 60;
    private static final Duration TIMEOUT = Duration.ofMinutes(2);
    /** Records of a split, in about five seconds. */
    private static final long RECORDS = 4_000;
    /** The first subtask that receives one of these fails, once. */
    private static final Set<Integer> FATAL = Set.of(7, 8, 30, 55);
    /** Stands for the failure after the last checkpoint. */
    private static final int AT_END = -1;

    private static final Set<Integer> FAILED = ConcurrentHashMap.newKeySet();
    /** The changes that each subtask had received at each checkpoint. */
    private static final Map<Long, Map<Integer, List<Integer>>> AT_CHECKPOINTS = new ConcurrentSkipListMap<>();
    /** The checkpoints before the end of a subtask. */
    private static final Set<Long> BEFORE_END = ConcurrentHashMap.newKeySet();
    /** How many changes a subtask had received when it received a record. */
    private static final Set<Integer> BEFORE_RECORDS = ConcurrentHashMap.newKeySet();

    @BeforeEach
    void reset() {
        FAILED.clear();
        AT_CHECKPOINTS.clear();
        BEFORE_END.clear();
        BEFORE_RECORDS.clear();
    }

    /**
     * Without an exchange, only the failed subtask restarts. The others may be ahead of its checkpoint, so the coordinator must
     * restart them too.
     */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void every_subtask_receives_every_change_once_between_the_same_barriers(boolean exchange) throws Exception {
        JobClient job = start(new GradualLog(0), Long.MAX_VALUE, exchange);
        try {
            await().atMost(TIMEOUT).until(() -> hasComplete(SUBTASKS));
        } finally {
            job.cancel().get();
        }

        assertThat(FAILED).isEqualTo(FATAL);
        assertNoneMissed();
        AT_CHECKPOINTS.forEach((checkpoint, subtasks) -> assertThat(Set.copyOf(subtasks.values()))
                .as("checkpoint %d", checkpoint)
                .hasSize(1));
    }

    /** The first split ends early, so its subtask starts without state after a failure. The job also fails at its end. */
    @Test
    void a_bounded_job_receives_every_change_and_ends() throws Exception {
        finish(start(new GradualLog(0), SUBTASKS * RECORDS, true));

        assertThat(FAILED).containsAll(FATAL).contains(AT_END).hasSize(FATAL.size() + 1);
        assertNoneMissed();
        assertThat(hasComplete(SUBTASKS - 1)).isTrue();
    }

    /** Would catch a deletion that arrives after samples of the deleted model. */
    @Test
    void no_record_precedes_the_changes_that_the_log_had_when_the_job_started_or_restarted() throws Exception {
        finish(start(new GradualLog(CHANGES), SUBTASKS * RECORDS, true));

        assertThat(FAILED).containsAll(FATAL);
        assertThat(BEFORE_RECORDS).containsExactly(CHANGES);
    }

    private static void finish(JobClient job) throws Exception {
        try {
            job.getJobExecutionResult().get(TIMEOUT.toSeconds(), TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            job.cancel().get();
            throw e;
        }
    }

    private static JobClient start(SpecChangeLog log, long records, boolean exchange) throws Exception {
        Configuration configuration = new Configuration();
        configuration.set(RestartStrategyOptions.RESTART_STRATEGY, "fixed-delay");
        configuration.set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_ATTEMPTS, Integer.MAX_VALUE);
        configuration.set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_DELAY, Duration.ofMillis(10));
        StreamExecutionEnvironment env = StreamExecutionEnvironment.createLocalEnvironment(SUBTASKS, configuration);
        TrainerEnvironment.configure(env, Duration.ofMillis(20));
        SingleOutputStreamOperator<TrainerInput> recorded = env.fromSequence(0, records - 1)
                .map(SpecChangesIT::record)
                .returns(SourceRecord.TYPE)
                .transform("changes", TrainerInputSerializer.type(), new SpecChangeOperatorFactory("models", log, null))
                .uid("changes")
                .process(new Recorder(), TrainerInputSerializer.type())
                .transform("fail at end", TrainerInputSerializer.type(), new FailingAtEnd());
        (exchange ? recorded.rebalance() : recorded).sinkTo(new DiscardingSink<>());
        return env.executeAsync();
    }

    /** Limits the rate, except of the first split. */
    private static SourceRecord record(long offset) throws InterruptedException {
        if (offset >= RECORDS) {
            Thread.sleep(1);
        }
        return TestStream.record(offset, new byte[0]);
    }

    /** Returns whether that many subtasks had received every change at one checkpoint. */
    private static boolean hasComplete(int subtasks) {
        return AT_CHECKPOINTS.values().stream()
                .anyMatch(seen -> seen.values().stream()
                                .filter(changes -> changes.size() == CHANGES)
                                .count()
                        >= subtasks);
    }

    private static void assertNoneMissed() {
        List<Integer> all = IntStream.range(0, CHANGES).boxed().toList();
        AT_CHECKPOINTS.forEach((checkpoint, subtasks) -> assertThat(subtasks.values())
                .as("checkpoint %d", checkpoint)
                .allSatisfy(seen -> assertThat(seen).isEqualTo(all.subList(0, seen.size()))));
    }

    @Test
    void a_log_reads_on_from_any_position() {
        SpecChangeLog log = SpecChangeLog.of(List.of(SpecChange.deleted("a"), SpecChange.deleted("b")));
        SpecChangeLog.Reader reader = log.open(log.start());
        List<SpecChangeLog.Entry> entries = reader.poll();
        assertThat(entries).extracting(entry -> entry.change().name()).containsExactly("a", "b");
        assertThat(reader.poll()).isEmpty();
        assertThat(log.open(entries.get(0).next()).poll()).isEqualTo(entries.subList(1, 2));
    }

    /** Changes that are read over time. The first {@code known} were in the log before it was opened. */
    private static final class GradualLog implements SpecChangeLog {
        private static final long serialVersionUID = 1;
        private static final int AT_ONCE = 3;

        private final int known;

        GradualLog(int known) {
            this.known = known;
        }

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
                    List<Entry> entries = new ArrayList<>();
                    while (entries.size() < AT_ONCE && next < CHANGES) {
                        entries.add(new Entry(SpecChange.deleted("" + next), ++next));
                    }
                    return entries;
                }

                @Override
                public boolean hasCaughtUp() {
                    return next >= known;
                }

                @Override
                public void close() {}
            };
        }
    }

    /** Keeps the changes received in broadcast state, as the decoder does, and fails at some of them. */
    private static final class Recorder extends ProcessFunction<TrainerInput, TrainerInput>
            implements CheckpointedFunction {
        private static final long serialVersionUID = 1;

        private transient List<Integer> seen;
        private transient BroadcastState<Integer, Integer> state;

        @Override
        public void initializeState(FunctionInitializationContext context) throws Exception {
            state = context.getOperatorStateStore()
                    .getBroadcastState(new MapStateDescriptor<>("seen", Types.INT, Types.INT));
            seen = new ArrayList<>();
            state.immutableEntries().forEach(entry -> seen.add(entry.getKey()));
            seen.sort(null);
        }

        @Override
        public void processElement(TrainerInput input, Context context, Collector<TrainerInput> out) throws Exception {
            if (input instanceof SpecChange change) {
                int number = Integer.parseInt(change.name());
                seen.add(number);
                state.put(number, number);
                if (FATAL.contains(number) && FAILED.add(number)) {
                    throw new IllegalStateException("subtask " + subtask() + " fails at change " + number);
                }
            } else {
                BEFORE_RECORDS.add(seen.size());
            }
            out.collect(input);
        }

        @Override
        public void snapshotState(FunctionSnapshotContext context) {
            AT_CHECKPOINTS
                    .computeIfAbsent(context.getCheckpointId(), id -> new ConcurrentHashMap<>())
                    .put(subtask(), List.copyOf(seen));
        }

        private int subtask() {
            return getRuntimeContext().getTaskInfo().getIndexOfThisSubtask();
        }
    }

    /** Fails once, when the last checkpoint is complete: the one of which every subtask has ended. */
    private static final class FailingAtEnd extends AbstractStreamOperator<TrainerInput>
            implements OneInputStreamOperator<TrainerInput, TrainerInput>, BoundedOneInput {
        private static final long serialVersionUID = 1;

        private boolean ended;

        @Override
        public void processElement(StreamRecord<TrainerInput> element) {
            output.collect(element);
        }

        @Override
        public void endInput() {
            ended = true;
        }

        @Override
        public void snapshotState(StateSnapshotContext context) throws Exception {
            super.snapshotState(context);
            if (!ended) {
                BEFORE_END.add(context.getCheckpointId());
            }
        }

        @Override
        public void notifyCheckpointComplete(long checkpointId) throws Exception {
            super.notifyCheckpointComplete(checkpointId);
            if (!BEFORE_END.contains(checkpointId) && FAILED.add(AT_END)) {
                throw new IllegalStateException("fails after the end");
            }
        }
    }
}
