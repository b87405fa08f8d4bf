package io.freshet.cli.feed;

import io.freshet.cli.console.CommandException;
import io.freshet.cli.input.RowFiles;
import io.freshet.job.record.KeyedSample;
import io.freshet.learning.features.Sample;
import io.freshet.learning.math.Permutation;
import io.freshet.learning.yaml.Plural;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The samples of files that are learned more than once, or in an order of their own, kept in memory up to a limit. Samples in
 * the order of the files need not fit: beyond the limit, none is kept, and each epoch reads the files again.
 */
final class CachedSamples {
    /** Object headers and references of a row, in bytes, and of a sample. */
    private static final int ROW_OVERHEAD = 32;

    private static final int KEYED_OVERHEAD = 40;
    private static final int TEXT_OVERHEAD = 56;
    private static final int SAMPLE_OVERHEAD = 240;

    private final RowFiles files;
    private final EpochPlan plan;
    private final long maximumBytes;
    private List<@Nullable KeyedSample[]> rows = new ArrayList<>();
    private long count;
    private long bytes;

    CachedSamples(RowFiles files, EpochPlan plan, long maximumBytes) {
        this.files = files;
        this.plan = plan;
        this.maximumBytes = maximumBytes;
    }

    /**
     * Adds the samples of a row in epoch 0. Those that are alike are kept once.
     *
     * @param samples of each model, null for a model that does not learn the row
     * @throws CommandException if the samples are shuffled, and exceed the memory limit
     */
    void add(@Nullable KeyedSample[] samples) throws CommandException {
        @Nullable KeyedSample[] row = samples.clone();
        count++;
        bytes += ROW_OVERHEAD;
        for (int model = 0; model < row.length; model++) {
            KeyedSample own = row[model];
            if (own != null) {
                KeyedSample like = like(own, row, model);
                row[model] = new KeyedSample(own.modelKey(), own.spec(), like.sample(), own.id());
                bytes += KEYED_OVERHEAD
                        + textBytes(own)
                        + (like == own ? SAMPLE_OVERHEAD + own.sample().bytes() : 0);
            }
        }
        if (isComplete()) {
            rows.add(row);
        } else if (plan.shuffle()) {
            throw new CommandException(String.format(
                    Locale.ROOT,
                    "%s: too large to shuffle in memory: %s take %,d MB (expected: up to %,d MB, a quarter of the"
                            + " Java heap; raise it with FRESHET_JAVA_OPTIONS=-Xmx...)",
                    files,
                    Plural.of(count, "row"),
                    bytes >> 20,
                    maximumBytes >> 20));
        } else {
            rows = List.of();
        }
    }

    /** Returns the size of the key and the id of a sample, in bytes. */
    private static long textBytes(KeyedSample own) {
        boolean isKeyed = !own.modelKey().endsWith("/");
        return (isKeyed ? TEXT_OVERHEAD + own.modelKey().length() : 0) + (own.id() == null ? 0 : 2 * TEXT_OVERHEAD);
    }

    private static KeyedSample like(KeyedSample own, @Nullable KeyedSample[] row, int before) {
        for (int model = 0; model < before; model++) {
            KeyedSample other = row[model];
            if (other != null && other.sample().isLike(own.sample())) {
                return other;
            }
        }
        return own;
    }

    /** Whether all samples are within the limit. */
    boolean isComplete() {
        return bytes <= maximumBytes;
    }

    /** Passes all samples in the order of an epoch. */
    void pass(SampleSink sink, int epoch, int partitions) throws CommandException {
        int[] order = plan.shuffle() ? Permutation.of(plan.seed(), epoch, rows.size()) : null;
        for (int i = 0; i < rows.size(); i++) {
            @Nullable KeyedSample[] row = rows.get(order == null ? i : order[i]);
            long place = (long) epoch * rows.size() + i;
            for (int model = 0; model < row.length; model++) {
                KeyedSample keyed = row[model];
                if (keyed != null) {
                    sink.accept(model, at(keyed, (int) (place % partitions), place / partitions, epoch));
                }
            }
        }
    }

    private static KeyedSample at(KeyedSample keyed, int partition, long offset, int epoch) {
        Sample sample = keyed.sample();
        return new KeyedSample(
                keyed.modelKey(),
                keyed.spec(),
                sample.at(new Sample.Position(partition, offset, sample.eventTime(), epoch)),
                keyed.id() == null ? null : keyed.id().inEpoch(epoch));
    }
}
