package io.freshet.cli.dev;

import io.freshet.cli.console.CommandException;
import io.freshet.cli.feed.RateLimiter;
import io.freshet.learning.features.InvalidSampleException;
import io.freshet.learning.features.Row;
import io.freshet.learning.features.RowLayout;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.sample.RowEncoder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * Sends a file to the samples topic repeatedly, at a constant rate, one row to each partition in turn. The rows of {@value
 * #BURST_MILLIS} ms are sent together, since waking up for each one costs more than learning it. The event time of each row is
 * the time of sending.
 *
 * @param file CSV file
 * @param specs specifications of the models that learn the rows
 * @param topic samples topic
 * @param partitions of the topic
 * @param rowsPerSecond at least 1
 */
record ExampleStream(Path file, List<ModelSpec> specs, String topic, int partitions, int rowsPerSecond) {
    private static final int BURST_MILLIS = 50;

    /**
     * Sends until the thread is interrupted.
     *
     * @param notices as in {@link FlightFile}
     */
    void play(Producer<byte[], byte[]> producer, Consumer<String> notices)
            throws IOException, InvalidSampleException, CommandException {
        RowLayout layout = RowLayout.of(specs);
        RowEncoder encoder = new RowEncoder(layout);
        RateLimiter limiter = new RateLimiter(rowsPerSecond, System::nanoTime);
        AtomicReference<Exception> failure = new AtomicReference<>();
        Callback callback = (metadata, e) -> failure.compareAndSet(null, e);
        int burst = Math.max(1, rowsPerSecond * BURST_MILLIS / 1000);
        try (FlightFile flights = new FlightFile(file, layout, notices)) {
            for (long sent = 0; ; sent++) {
                if (sent % burst == 0) {
                    limiter.await(sent);
                }
                if (Thread.currentThread().isInterrupted()) {
                    return;
                }
                Row row = flights.next();
                row.eventTime(System.currentTimeMillis());
                int partition = (int) (sent % partitions);
                producer.send(new ProducerRecord<>(topic, partition, null, encoder.encode(row, "")), callback);
                if (failure.get() != null) {
                    throw new CommandException(
                            "sending to " + topic + ": " + failure.get().getMessage());
                }
            }
        }
    }
}
