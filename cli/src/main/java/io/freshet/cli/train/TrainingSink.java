package io.freshet.cli.train;

import io.freshet.cli.console.CommandException;
import io.freshet.cli.feed.SampleProducer;
import io.freshet.cli.feed.SampleSink;
import io.freshet.cli.rejects.RejectsFile;
import io.freshet.learning.features.InvalidSampleException;
import io.freshet.learning.yaml.Plural;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Sends samples to the job, and collects invalid rows: their dead letters would end with the run.
 *
 * @param rejects receives the invalid rows; null for none
 * @param stopped whether to send no more, since the run has failed
 * @param directory where the broker keeps the samples
 */
record TrainingSink(
        SampleProducer producer,
        RejectedRows rejections,
        @Nullable RejectsFile rejects,
        AtomicBoolean stopped,
        Path directory)
        implements SampleSink {
    @Override
    public void send(byte @Nullable [] key, byte[] sample) throws InvalidSampleException, CommandException {
        requireRunning();
        producer.send(key, sample);
    }

    @Override
    public void requireRunning() throws CommandException {
        if (stopped.get()) {
            throw new CommandException("stopped");
        }
    }

    @Override
    public void reject(long row, String text, String message) throws CommandException {
        requireRunning();
        rejections.addInvalid(row, message);
        if (rejects != null) {
            try {
                rejects.write(row, text, message);
            } catch (IOException e) {
                throw new CommandException("--rejects: not written: " + e.getMessage(), e);
            }
        }
    }

    /** The broker keeps all samples until the run ends, and would end the JVM without a message if the disk were full. */
    @Override
    public void requireSpace(long bytes, int epochs) throws CommandException {
        long needed = bytes * epochs;
        long free = directory.toFile().getUsableSpace();
        if (needed > free) {
            throw new CommandException(String.format(
                    Locale.ROOT,
                    "%s: %,d MB free (expected: %,d MB for the samples of %s; FRESHET_JAVA_OPTIONS=-Djava.io.tmpdir=..."
                            + " names another directory)",
                    directory,
                    free >> 20,
                    needed >> 20,
                    Plural.of(epochs, "more epoch")));
        }
    }

    @Override
    public void flush() throws CommandException {
        producer.flush();
    }
}
