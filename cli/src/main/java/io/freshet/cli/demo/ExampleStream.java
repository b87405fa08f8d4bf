package io.freshet.cli.demo;

import io.freshet.cli.console.CommandException;
import io.freshet.cli.input.Format;
import io.freshet.cli.input.RowReader;
import io.freshet.learning.features.InvalidSampleException;
import io.freshet.learning.features.Row;
import io.freshet.learning.features.RowLayout;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.sample.RowEncoder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntConsumer;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * Sends a file to the samples topic repeatedly, at a constant rate, one row to each partition in turn. The event time of each
 * row is the time of sending.
 *
 * @param file CSV file
 * @param specs specifications of the models that learn the rows
 * @param topic samples topic
 * @param partitions of the topic
 * @param rowsPerSecond at least 1
 */
record ExampleStream(Path file, List<ModelSpec> specs, String topic, int partitions, int rowsPerSecond) {
    private static final long NANOS = 1_000_000_000L;

    /**
     * Sends until the thread is interrupted.
     *
     * @param repeats receives the number of each pass over the file after the first, as it starts
     */
    void play(Producer<byte[], byte[]> producer, IntConsumer repeats)
            throws IOException, InvalidSampleException, CommandException {
        RowLayout layout = RowLayout.of(specs);
        RowEncoder encoder = new RowEncoder(layout);
        Row row = new Row(layout);
        AtomicReference<Exception> failure = new AtomicReference<>();
        Callback callback = (metadata, e) -> failure.compareAndSet(null, e);
        long start = System.nanoTime();
        long sent = 0;
        for (int pass = 1; !Thread.currentThread().isInterrupted(); pass++) {
            if (pass > 1) {
                repeats.accept(pass);
            }
            try (RowReader reader = RowReader.open(file, Format.CSV, layout)) {
                while (!Thread.currentThread().isInterrupted() && reader.next(row)) {
                    long due = start + sent * NANOS / rowsPerSecond;
                    for (long wait = due - System.nanoTime(); wait > 0; wait = due - System.nanoTime()) {
                        if (Thread.currentThread().isInterrupted()) {
                            return;
                        }
                        LockSupport.parkNanos(wait);
                    }
                    row.eventTime(System.currentTimeMillis());
                    int partition = (int) (sent % partitions);
                    producer.send(new ProducerRecord<>(topic, partition, null, encoder.encode(row, "")), callback);
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
