package io.freshet.cli.demo;

import io.freshet.cli.console.CommandException;
import io.freshet.cli.feed.RateLimiter;
import io.freshet.cli.feed.SampleRow;
import io.freshet.cli.input.Format;
import io.freshet.cli.input.RowReader;
import io.freshet.cli.kafka.KafkaOptions;
import io.freshet.learning.features.InvalidSampleException;
import io.freshet.learning.spec.ModelSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntConsumer;
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

    /** Creates a producer, and sends until the thread is interrupted. */
    void play(KafkaOptions kafka, IntConsumer repeats) throws IOException, InvalidSampleException, CommandException {
        try (Producer<byte[], byte[]> producer = kafka.producer(Map.of())) {
            play(producer, repeats);
        }
    }

    /**
     * Sends until the thread is interrupted.
     *
     * @param repeats receives the number of each pass over the file after the first, as it starts
     */
    void play(Producer<byte[], byte[]> producer, IntConsumer repeats)
            throws IOException, InvalidSampleException, CommandException {
        SampleRow row = SampleRow.of(specs);
        RateLimiter limiter = new RateLimiter(rowsPerSecond, System::nanoTime);
        AtomicReference<Exception> failure = new AtomicReference<>();
        Callback callback = (metadata, e) -> failure.compareAndSet(null, e);
        int burst = Math.max(1, rowsPerSecond * BURST_MILLIS / 1000);
        long sent = 0;
        for (int pass = 1; !Thread.currentThread().isInterrupted(); pass++) {
            if (pass > 1) {
                repeats.accept(pass);
            }
            try (RowReader reader = RowReader.open(file, Format.CSV, row.layout())) {
                while (!Thread.currentThread().isInterrupted() && row.next(reader, 0)) {
                    reader.requireValid();
                    if (sent % burst == 0) {
                        limiter.await(sent);
                    }
                    if (Thread.currentThread().isInterrupted()) {
                        return;
                    }
                    int partition = (int) (sent % partitions);
                    byte[] sample = row.encode(System.currentTimeMillis(), "");
                    producer.send(new ProducerRecord<>(topic, partition, null, sample), callback);
                    sent++;
                    if (failure.get() != null) {
                        throw new CommandException(
                                "sending to " + topic + ": " + failure.get().getMessage());
                    }
                }
            }
        }
    }
}
