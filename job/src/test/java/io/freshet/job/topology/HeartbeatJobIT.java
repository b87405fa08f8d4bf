package io.freshet.job.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.freshet.job.TestStream;
import io.freshet.job.learn.LearnerResources;
import io.freshet.job.observe.HeartbeatSink;
import io.freshet.job.record.SourceRecord;
import io.freshet.job.record.SpecChange;
import io.freshet.job.specs.SpecChangeLog;
import io.freshet.job.specs.SpecRegistry;
import io.freshet.schemas.facts.Heartbeat;
import io.freshet.schemas.sample.RecordFormat;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Would catch a job without samples, or after a restart, that sends no heartbeats, or one for each of its tasks. */
class HeartbeatJobIT {
    private static final long SAMPLES = 500;
    private static final int CHANGES = 2;
    private static final List<Heartbeat> SENT = new CopyOnWriteArrayList<>();
    private static final AtomicInteger CLOSED = new AtomicInteger();
    private static final AtomicBoolean FAILED = new AtomicBoolean();

    @BeforeEach
    void reset() {
        SENT.clear();
        CLOSED.set(0);
        FAILED.set(false);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void a_restarted_job_that_waits_for_samples_sends_heartbeats_until_it_is_canceled(int parallelism)
            throws Exception {
        JobClient job = start(parallelism, Duration.ofMillis(50));
        try {
            await().atMost(Duration.ofMinutes(1))
                    .until(() -> SENT.stream()
                                    .filter(beat -> beat.read().equals(List.of(SAMPLES)))
                                    .count()
                            >= 3);
        } finally {
            job.cancel().get();
        }
        await().until(() -> CLOSED.get() == 1);
        assertThat(FAILED).isTrue();
        Heartbeat last = SENT.get(SENT.size() - 1);
        assertThat(last.ends()).containsExactly(SAMPLES);
        assertThat(last.behind()).isZero();
        assertThat(SENT).extracting(Heartbeat::startedAt).containsOnly(last.startedAt());
        assertThat(SENT).extracting(Heartbeat::sentAt).isSorted().doesNotHaveDuplicates();
    }

    /** Would catch samples of a new model that are sent too early: decoders switch at a checkpoint, not when a change arrives. */
    @Test
    void a_change_is_in_effect_from_the_first_checkpoint_after_it() throws Exception {
        JobClient job = start(3, Duration.ofHours(1));
        try {
            await().atMost(Duration.ofMinutes(1)).until(() -> SENT.size() >= 3);
        } finally {
            job.cancel().get();
        }
        assertThat(SENT).extracting(Heartbeat::models).containsOnly(0L);

        job = start(3, Duration.ofMillis(50));
        try {
            await().atMost(Duration.ofMinutes(1)).until(() -> SENT.stream().anyMatch(beat -> beat.models() == CHANGES));
        } finally {
            job.cancel().get();
        }
    }

    private static JobClient start(int parallelism, Duration interval) throws Exception {
        Configuration configuration = new Configuration();
        configuration.set(RestartStrategyOptions.RESTART_STRATEGY, "fixed-delay");
        configuration.set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_DELAY, Duration.ofMillis(10));
        StreamExecutionEnvironment env = StreamExecutionEnvironment.createLocalEnvironment(parallelism, configuration);
        TrainerEnvironment.configure(env, interval);
        TrainerSources sources = new TrainerSources(
                new TrainerSources.Samples(
                        "samples",
                        null,
                        1,
                        RecordFormat.avro(),
                        TestSource.endless(SAMPLES, HeartbeatJobIT::sample),
                        () -> new long[] {SAMPLES}),
                new TrainerSources.Specs(
                        "models",
                        new SpecRegistry(List.of(TestStream.whole(4))),
                        SpecChangeLog.of(Collections.nCopies(CHANGES, SpecChange.deleted("other")))),
                LearnerResources.DEFAULT);
        TrainerSinks sinks = new TrainerSinks(
                new TestSink(),
                new TestSink(),
                new TestSink(),
                new TrainerSinks.Metrics(new TestSink(), new RecordingSink()),
                new TestSink(),
                null);
        TrainerTopology.build(env, sources, sinks);
        return env.executeAsync();
    }

    /** Fails once, in the middle. */
    private static SourceRecord sample(long offset) {
        if (offset == SAMPLES / 2 && FAILED.compareAndSet(false, true)) {
            throw new IllegalStateException("fails once");
        }
        return TestStream.record(offset, TestStream.value(offset));
    }

    private static final class RecordingSink implements HeartbeatSink {
        private static final long serialVersionUID = 1;

        @Override
        public void send(Heartbeat heartbeat) {
            SENT.add(heartbeat);
        }

        @Override
        public void close() {
            CLOSED.incrementAndGet();
        }
    }
}
