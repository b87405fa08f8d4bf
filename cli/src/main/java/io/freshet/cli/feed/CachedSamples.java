package io.freshet.cli.feed;

import io.freshet.cli.console.CommandException;
import io.freshet.cli.input.RowFiles;
import io.freshet.learning.features.InvalidSampleException;
import io.freshet.learning.math.Permutation;
import io.freshet.learning.yaml.Plural;
import io.freshet.schemas.sample.RowEncoder;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The encoded samples of files, kept in memory so that each epoch can send them in its own order. */
final class CachedSamples {
    /** Object headers and references of each sample, in bytes. */
    private static final int OVERHEAD = 48;

    private record Cached(byte[] sample, int epochAt) {}

    private final RowFiles files;
    private final long maximumBytes;
    private final List<Cached> samples = new ArrayList<>();
    private long bytes;

    CachedSamples(RowFiles files, long maximumBytes) {
        this.files = files;
        this.maximumBytes = maximumBytes;
    }

    /**
     * Adds a sample of epoch 0.
     *
     * @param epochAt index of the epoch in {@code sample}
     * @throws InvalidSampleException if the sample would be too long in some epoch
     * @throws CommandException if the samples exceed the memory limit
     */
    void add(byte[] sample, int epochAt) throws InvalidSampleException, CommandException {
        SampleProducer.requireLength(sample.length + RowEncoder.MAXIMUM_EPOCH_BYTES);
        bytes += sample.length + OVERHEAD;
        if (bytes > maximumBytes) {
            throw new CommandException(String.format(
                    Locale.ROOT,
                    "%s: too large to shuffle in memory: %s take %,d MB (expected: up to %,d MB, a quarter of the"
                            + " Java heap; raise it with FRESHET_JAVA_OPTIONS=-Xmx...)",
                    files,
                    Plural.of(samples.size() + 1, "row"),
                    bytes >> 20,
                    maximumBytes >> 20));
        }
        samples.add(new Cached(sample, epochAt));
    }

    /** Sends all samples in the order of an epoch. */
    void send(SampleSink producer, long seed, int epoch) throws CommandException {
        try {
            for (int i : Permutation.of(seed, epoch, samples.size())) {
                Cached cached = samples.get(i);
                producer.send(null, RowEncoder.inEpoch(cached.sample, cached.epochAt, epoch));
            }
        } catch (InvalidSampleException e) {
            throw new IllegalStateException("a cached sample is too long", e);
        }
    }
}
