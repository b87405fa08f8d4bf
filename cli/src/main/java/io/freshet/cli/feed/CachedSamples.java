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

/**
 * The encoded samples of files that are sent more than once, or in an order of their own, kept in memory up to a limit. Samples in
 * the order of the files need not fit: beyond the limit, none is kept, and each epoch reads the files again.
 */
final class CachedSamples {
    /** Object headers and references of each sample, in bytes. */
    private static final int OVERHEAD = 48;

    private record Cached(byte[] sample, int epochAt) {}

    private final RowFiles files;
    private final EpochPlan plan;
    private final long maximumBytes;
    private List<Cached> samples = new ArrayList<>();
    private long count;
    private long bytes;

    CachedSamples(RowFiles files, EpochPlan plan, long maximumBytes) {
        this.files = files;
        this.plan = plan;
        this.maximumBytes = maximumBytes;
    }

    /**
     * Adds a sample of epoch 0.
     *
     * @param epochAt index of the epoch in {@code sample}
     * @throws CommandException if the samples are shuffled, and exceed the memory limit
     */
    void add(byte[] sample, int epochAt) throws CommandException {
        count++;
        bytes += sample.length;
        if (isComplete()) {
            samples.add(new Cached(sample, epochAt));
        } else if (plan.shuffle()) {
            throw new CommandException(String.format(
                    Locale.ROOT,
                    "%s: too large to shuffle in memory: %s take %,d MB (expected: up to %,d MB, a quarter of the"
                            + " Java heap; raise it with FRESHET_JAVA_OPTIONS=-Xmx...)",
                    files,
                    Plural.of(count, "row"),
                    memory() >> 20,
                    maximumBytes >> 20));
        } else {
            samples = List.of();
        }
    }

    /** Whether all samples are within the limit. */
    boolean isComplete() {
        return memory() <= maximumBytes;
    }

    private long memory() {
        return bytes + OVERHEAD * count;
    }

    /** Returns the bytes of all samples that were added, also if they are not kept. */
    long bytes() {
        return bytes;
    }

    /** Sends all samples in the order of an epoch. */
    void send(SampleSink sink, int epoch) throws CommandException {
        try {
            int[] order = plan.shuffle() ? Permutation.of(plan.seed(), epoch, samples.size()) : null;
            for (int i = 0; i < samples.size(); i++) {
                Cached cached = samples.get(order == null ? i : order[i]);
                sink.send(null, RowEncoder.inEpoch(cached.sample, cached.epochAt, epoch));
            }
        } catch (InvalidSampleException e) {
            throw new IllegalStateException("a cached sample is too long", e);
        }
    }
}
