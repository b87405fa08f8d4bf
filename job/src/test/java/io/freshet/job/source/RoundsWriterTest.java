package io.freshet.job.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.job.replica.RoundsLog;
import io.freshet.schemas.avro.KeyedBytes;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Properties;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Would catch an interrupt, by which Flink cancels a task, that is taken for a failure of the topic or of a model. */
class RoundsWriterTest {
    @AfterEach
    void clearInterrupt() {
        Thread.interrupted();
    }

    @Test
    void an_interrupt_while_it_sends_is_no_failure() {
        Properties nobody = new Properties();
        nobody.setProperty("bootstrap.servers", "127.0.0.1:1");
        try (RoundsWriter writer = new RoundsWriter("rounds", nobody, new FailingListener())) {
            Thread.currentThread().interrupt();
            KeyedBytes record = new KeyedBytes("m/merged".getBytes(StandardCharsets.UTF_8), new byte[1]);
            assertThatThrownBy(() -> writer.send(record, 1)).isInstanceOf(InterruptedException.class);
            Thread.interrupted();
            assertThat(writer.takeRefused()).isEmpty();
        }
    }

    private static final class FailingListener implements RoundsLog.Listener {
        @Override
        public void received(List<RoundsLog.Entry> records) {}

        @Override
        public void caughtUp(String key) {}

        @Override
        public void refused() {
            throw new AssertionError("refused");
        }

        @Override
        public void unusable(Exception failure) {
            throw new AssertionError(failure);
        }

        @Override
        public void failed(Exception failure) {
            throw new AssertionError(failure);
        }
    }
}
