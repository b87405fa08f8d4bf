package io.freshet.job.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.job.replica.RoundsLog;
import io.freshet.schemas.avro.KeyedBytes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import org.apache.kafka.common.KafkaException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Would catch a failure that is blamed on a model or on the topic: an interrupt, by which Flink cancels a task, and settings of
 * the job that Kafka's clients refuse.
 */
class RoundsWriterTest {
    private static final KeyedBytes RECORD = new KeyedBytes("m/merged".getBytes(StandardCharsets.UTF_8), new byte[1]);

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
            assertThatThrownBy(() -> writer.send(RECORD, 1)).isInstanceOf(InterruptedException.class);
            Thread.interrupted();
            assertThat(writer.takeRefused()).isEmpty();
        }
    }

    @Test
    void a_producer_that_cannot_be_created_fails_the_job_and_no_model() throws Exception {
        FailureListener listener = new FailureListener();
        try (RoundsWriter writer = new RoundsWriter("rounds", refusedSettings(), listener)) {
            writer.send(RECORD, 1);
            writer.send(RECORD, 2);
            assertThat(writer.takeRefused()).isEmpty();
            assertThat(listener.failures).singleElement().isInstanceOf(KafkaException.class);
            assertThatThrownBy(writer::flush).isInstanceOf(IOException.class).hasMessageStartingWith("topic rounds: ");
        }
    }

    @Test
    void a_consumer_that_cannot_be_created_fails_the_job_and_no_model() {
        FailureListener listener = new FailureListener();
        Runnable unusable = () -> {
            throw new AssertionError("unusable");
        };
        try (RoundsReader reader = new RoundsReader("rounds", refusedSettings(), listener, unusable)) {
            reader.follow("m/merged", 0);
            reader.follow("n/merged", 0);
            assertThat(listener.failures).singleElement().isInstanceOf(KafkaException.class);
        }
    }

    private static Properties refusedSettings() {
        Properties properties = new Properties();
        properties.setProperty("bootstrap.servers", "127.0.0.1:1");
        properties.setProperty("security.protocol", "NONE_OF_THESE");
        return properties;
    }

    /** Records the failures of the job. */
    private static final class FailureListener extends FailingListener {
        private final List<Exception> failures = new ArrayList<>();

        @Override
        public void failed(Exception failure) {
            failures.add(failure);
        }
    }

    private static class FailingListener implements RoundsLog.Listener {
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
