package io.freshet.cli.feed;

import io.freshet.cli.console.CommandException;
import io.freshet.learning.features.InvalidSampleException;
import io.freshet.learning.math.Permutation;
import io.freshet.schemas.sample.RowEncoder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The samples of a file, encoded, kept in memory to be sent in one order after the other. */
final class CachedSamples {
    /** Bytes of an array beside what is in it, and of the reference to it. */
    private static final int OVERHEAD = 24;

    private final Path file;
    private final long maximumBytes;
    private final List<byte[]> samples = new ArrayList<>();
    private long bytes;

    CachedSamples(Path file, long maximumBytes) {
        this.file = file;
        this.maximumBytes = maximumBytes;
    }

    /**
     * Keeps a sample of epoch 0.
     *
     * @throws InvalidSampleException if it would be too long to be sent
     * @throws CommandException if there is no more room
     */
    void add(byte[] sample) throws InvalidSampleException, CommandException {
        SampleProducer.requireLength(sample.length + RowEncoder.MAXIMUM_EPOCH_BYTES);
        bytes += sample.length + OVERHEAD;
        if (bytes > maximumBytes) {
            throw new CommandException(String.format(
                    Locale.ROOT,
                    "%s: too large to be shuffled, %,d rows are %,d MB (expected: up to %,d MB, a quarter of Java's"
                            + " memory; FRESHET_JAVA_OPTIONS=-Xmx... gives it more)",
                    file,
                    samples.size() + 1,
                    bytes >> 20,
                    maximumBytes >> 20));
        }
        samples.add(sample);
    }

    /** Sends all of them in the order of an epoch. */
    void send(SampleSink producer, long seed, int epoch) throws CommandException {
        try {
            for (int i : Permutation.of(seed, epoch, samples.size())) {
                producer.send(null, RowEncoder.inEpoch(samples.get(i), epoch));
            }
        } catch (InvalidSampleException e) {
            throw new IllegalStateException("a sample is longer than when it was kept", e);
        }
    }
}
