package io.freshet.cli.dev;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.cli.console.CommandException;
import io.freshet.job.topology.FormatOptions;
import io.freshet.job.topology.StateSettings;
import io.freshet.schemas.kafka.Topics;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.net.InetAddress;
import java.net.ServerSocket;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.runtime.state.AbstractKeyedStateBackend;
import org.apache.flink.runtime.state.StateBackendFactory;
import org.apache.flink.runtime.state.hashmap.HashMapStateBackend;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Would catch a demo that runs on, or ends without the cause, when its job fails at every start. */
@Timeout(180)
class FailingDemoIT {
    public static final class FullDisk extends HashMapStateBackend {
        private static final long serialVersionUID = 1;

        @Override
        public <K> AbstractKeyedStateBackend<K> createKeyedStateBackend(KeyedStateBackendParameters<K> parameters)
                throws IOException {
            throw new IOException("No space left on device");
        }
    }

    /** Creates the state backend, by Flink's configuration. */
    public static final class FullDisks implements StateBackendFactory<FullDisk> {
        @Override
        public FullDisk createFromConfig(ReadableConfig configuration, ClassLoader loader) {
            return new FullDisk();
        }
    }

    @Test
    void a_job_that_fails_at_every_start_ends_the_demo_with_its_cause() throws IOException {
        StateSettings full = new StateSettings(FullDisks.class.getName(), StateSettings.DEFAULT.learners());
        PrintWriter out = new PrintWriter(Writer.nullWriter());
        DevSettings settings = new DevSettings(
                StackDirectory.temporary(),
                freePort(),
                0,
                new StackTopics(Topics.of(Topics.DEFAULT_PREFIX), 1, null),
                new FormatOptions(),
                full);
        Demo demo = new Demo(1_000, 0, false, System.nanoTime(), out);

        assertThatThrownBy(() -> new Dev(settings, demo, out, out).run(null))
                .isInstanceOf(CommandException.class)
                .hasMessage("the job failed: No space left on device");
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
