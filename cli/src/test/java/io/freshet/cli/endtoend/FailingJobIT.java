package io.freshet.cli.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.cli.console.CommandException;
import io.freshet.cli.dev.LocalCluster;
import io.freshet.job.TestStream;
import io.freshet.job.topology.KafkaTrainer;
import io.freshet.job.topology.StateSettings;
import io.freshet.job.topology.TrainerTopology;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.kafka.Topics;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.flink.api.common.JobID;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.runtime.state.AbstractKeyedStateBackend;
import org.apache.flink.runtime.state.BackendBuildingException;
import org.apache.flink.runtime.state.OperatorStateBackend;
import org.apache.flink.runtime.state.StateBackendFactory;
import org.apache.flink.runtime.state.hashmap.HashMapStateBackend;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Would catch a command that waits forever for a job that fails at every start or checkpoint, and one that gives up on a job that
 * recovers.
 */
@Timeout(180)
class FailingJobIT {
    private static final int ROWS = 500;
    private static final int RESTARTS = 5;
    private static final Duration CHECKPOINT_INTERVAL = Duration.ofSeconds(10);
    private static final ModelSpec SPEC = ModelSpec.parse(
            "{name: m, label: y, features: {numeric: [a]}, loss: mean-squared-error, optimizer: {type: sgd}}");
    private static final AtomicInteger TOPICS = new AtomicInteger();

    @AutoClose
    private static TestBroker broker;

    /** Starts that fail, and starts so far. The job runs in this JVM. */
    private static final AtomicInteger FAILING = new AtomicInteger();

    private static final AtomicInteger STARTS = new AtomicInteger();

    @TempDir
    Path directory;

    @BeforeAll
    static void startBroker() {
        broker = TestBroker.start();
    }

    /** Keeps state on the heap, if a disk has space. */
    public static final class FullDisk extends HashMapStateBackend {
        private static final long serialVersionUID = 1;

        @Override
        public <K> AbstractKeyedStateBackend<K> createKeyedStateBackend(KeyedStateBackendParameters<K> parameters)
                throws IOException {
            if (STARTS.incrementAndGet() <= FAILING.get()) {
                throw new IOException("No space left on device\nwhile a state was created");
            }
            return super.createKeyedStateBackend(parameters);
        }
    }

    /** Creates the state backend, by Flink's configuration. */
    public static final class FullDisks implements StateBackendFactory<FullDisk> {
        @Override
        public FullDisk createFromConfig(ReadableConfig configuration, ClassLoader loader) {
            return new FullDisk();
        }
    }

    /** Writes no operator state. */
    public static final class FullCheckpoints extends HashMapStateBackend {
        private static final long serialVersionUID = 1;

        @Override
        public OperatorStateBackend createOperatorStateBackend(OperatorStateBackendParameters parameters)
                throws BackendBuildingException {
            STARTS.incrementAndGet();
            OperatorStateBackend backend = super.createOperatorStateBackend(parameters);
            return (OperatorStateBackend) Proxy.newProxyInstance(
                    FullCheckpoints.class.getClassLoader(),
                    new Class<?>[] {OperatorStateBackend.class},
                    (proxy, method, arguments) -> {
                        if (method.getName().equals("snapshot")) {
                            throw new IOException("No space left for the checkpoint");
                        }
                        return method.invoke(backend, arguments);
                    });
        }
    }

    /** Creates the state backend, by Flink's configuration. */
    public static final class NoCheckpoints implements StateBackendFactory<FullCheckpoints> {
        @Override
        public FullCheckpoints createFromConfig(ReadableConfig configuration, ClassLoader loader) {
            return new FullCheckpoints();
        }
    }

    /** Fails before the job has tasks. */
    public static final class NoBackends implements StateBackendFactory<FullDisk> {
        @Override
        public FullDisk createFromConfig(ReadableConfig configuration, ClassLoader loader) throws IOException {
            throw new IOException("No such disk");
        }
    }

    @Test
    void a_job_whose_checkpoints_all_fail_ends_the_run_with_their_cause() {
        assertThatThrownBy(() -> train(NoCheckpoints.class, 0))
                .isInstanceOf(CommandException.class)
                .hasMessage("the job failed: No space left for the checkpoint");
    }

    @Test
    void a_job_that_cannot_be_created_ends_the_run_with_its_cause() {
        assertThatThrownBy(() -> train(NoBackends.class, 0)).hasStackTraceContaining("No such disk");
    }

    @Test
    void a_job_that_fails_at_every_start_ends_the_run_with_its_cause() {
        assertThatThrownBy(() -> train(Integer.MAX_VALUE))
                .isInstanceOf(CommandException.class)
                .hasMessage("the job failed: No space left on device");
        assertThat(STARTS.get()).isGreaterThanOrEqualTo(1 + RESTARTS);
    }

    @Test
    void a_job_that_recovers_learns_all_rows() throws Exception {
        assertThat(train(2)).isEqualTo(ROWS);
        assertThat(STARTS.get()).isGreaterThan(2);
    }

    /** Returns the number of samples learned. */
    private long train(int failing) throws Exception {
        return train(FullDisks.class, failing);
    }

    private long train(Class<? extends StateBackendFactory<?>> state, int failing) throws Exception {
        FAILING.set(failing);
        STARTS.set(0);
        Topics topics = Topics.of("t" + TOPICS.incrementAndGet());
        broker.create(topics, TestStream.values(ROWS));
        KafkaTrainer trainer = broker.trainer(topics, List.of(SPEC));
        StateSettings settings = new StateSettings(state.getName(), StateSettings.DEFAULT.learners());
        try (LocalCluster cluster = LocalCluster.start(directory, 1, settings.flink())) {
            JobID job = cluster.submit(
                    env -> {
                        LocalCluster.limitRestarts(env, RESTARTS);
                        TrainerTopology.build(env, trainer.sources(), trainer.sinks());
                    },
                    CHECKPOINT_INTERVAL);
            cluster.await(job);
        }
        return broker.last(topics.parameters()).get("m/").snapshot().version();
    }
}
