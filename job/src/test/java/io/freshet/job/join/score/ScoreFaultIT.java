package io.freshet.job.join.score;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.freshet.job.record.OutputRecord;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.loop.JoinCount;
import io.freshet.schemas.loop.JoinReport;
import io.freshet.schemas.loop.JoinReportCodec;
import io.freshet.schemas.loop.ServedScore;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.functions.RichFlatMapFunction;
import org.apache.flink.api.common.state.CheckpointListener;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.CloseableIterator;
import org.apache.flink.util.Collector;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Would catch a closed request that counts twice or never after a failure of the job. */
class ScoreFaultIT {
    private static final int REQUESTS = 300_000;
    private static final int FAILURES = 3;
    private static final List<ModelSpec> MODELS =
            List.of(ClosedRequests.binary("a"), ClosedRequests.binary("b"), ClosedRequests.binary("c"));

    /** Failures of all attempts, which share the JVM. */
    private static final AtomicInteger FAILED = new AtomicInteger();

    private static ClosedRequest request(long number) {
        SplittableRandom random = new SplittableRandom(number);
        ModelSpec model = MODELS.get(random.nextInt(MODELS.size()));
        return ClosedRequests.of(model.name(), random.nextDouble(0.01, 0.99), random.nextInt(2), "v" + number % 50);
    }

    /** Sends what a subtask of the join does, and fails some records after a checkpoint. */
    private static final class FailingJoin extends RichFlatMapFunction<Long, ScoreInput> implements CheckpointListener {
        private static final long serialVersionUID = 1;
        private static final int RECORDS = 5_000;

        private transient boolean started;
        private transient boolean completed;
        private transient int since;

        @Override
        public void open(OpenContext context) {
            started = false;
            completed = false;
            since = 0;
        }

        @Override
        public void flatMap(Long number, Collector<ScoreInput> out) {
            if (!started) {
                MODELS.forEach(model -> out.collect(JoinApplied.of(model)));
                started = true;
            }
            if (completed && ++since > RECORDS && FAILED.get() < FAILURES) {
                FAILED.incrementAndGet();
                throw new IllegalStateException("failure for the test");
            }
            ClosedRequest request = request(number);
            out.collect(ClosedRequests.delta(request.model(), JoinCount.REQUESTS, 1));
            out.collect(request);
        }

        @Override
        public void notifyCheckpointComplete(long checkpointId) {
            completed = true;
        }
    }

    @Test
    void every_closed_request_counts_once_whatever_fails(@TempDir Path checkpoints) throws Exception {
        FAILED.set(0);
        Configuration configuration = new Configuration();
        configuration.set(RestartStrategyOptions.RESTART_STRATEGY, "fixed-delay");
        configuration.set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_ATTEMPTS, FAILURES);
        configuration.set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_DELAY, Duration.ofMillis(10));
        configuration.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, Duration.ofMillis(50));
        configuration.set(
                CheckpointingOptions.CHECKPOINTS_DIRECTORY, checkpoints.toUri().toString());
        configuration.set(PipelineOptions.OBJECT_REUSE, true);
        StreamExecutionEnvironment env = StreamExecutionEnvironment.createLocalEnvironment(2, configuration);
        Map<String, JoinReport> last = new HashMap<>();
        JoinReportCodec codec = new JoinReportCodec();
        try (CloseableIterator<OutputRecord> records = env.fromSequence(0, REQUESTS - 1)
                .flatMap(new FailingJoin(), ScoreInput.TYPE)
                .keyBy(ScoreInput::model, Types.STRING)
                .transform("score", OutputRecord.TYPE, new ScoreOperator())
                .executeAndCollect()) {
            while (records.hasNext()) {
                JoinReport report =
                        codec.read(Objects.requireNonNull(records.next().value()));
                last.put(report.model(), report);
            }
        }

        assertThat(FAILED.get()).isEqualTo(FAILURES);
        assertThat(last).hasSize(MODELS.size());
        for (ModelSpec model : MODELS) {
            long count = 0;
            double loss = 0;
            for (long number = 0; number < REQUESTS; number++) {
                ClosedRequest request = request(number);
                if (request.model().equals(model.name())) {
                    double p = Objects.requireNonNull(request.answer()).prediction()[0];
                    loss -= Math.log(request.label() == 1 ? p : 1 - p);
                    count++;
                }
            }
            JoinReport report = Objects.requireNonNull(last.get(model.name()));
            assertThat(report.count(JoinCount.REQUESTS)).isEqualTo(count);
            assertThat(report.count(JoinCount.JOINED)).isEqualTo(count);
            assertThat(report.delays().requests()).isEqualTo(count);
            assertThat(report.window().index()).isEqualTo(count / model.window());
            ServedScore all = Objects.requireNonNull(report.all());
            assertThat(all.total().samples()).isEqualTo(count);
            assertThat(all.total().loss()).isCloseTo(loss / count, within(1e-6));
            assertThat(report.scores().stream()
                            .filter(score -> score.dimension().equals("origin"))
                            .mapToLong(score -> score.total().samples())
                            .sum())
                    .isEqualTo(count);
        }
    }
}
