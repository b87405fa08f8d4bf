package io.freshet.benchmarks.state;

import java.util.List;
import java.util.Locale;
import java.util.function.ToLongFunction;
import org.apache.flink.runtime.checkpoint.AbstractCheckpointStats;

/** Summarizes the duration and size of checkpoints. */
final class CheckpointSummary {
    private CheckpointSummary() {}

    /** @param from index of the first checkpoint to summarize */
    static String of(List<AbstractCheckpointStats> all, int from) {
        List<AbstractCheckpointStats> completed = all.subList(from, all.size());
        return String.format(
                Locale.ROOT,
                "%d; ms %s; written, kB %s; state, kB %s",
                completed.size(),
                range(completed, AbstractCheckpointStats::getEndToEndDuration, 1),
                range(completed, AbstractCheckpointStats::getCheckpointedSize, 1000),
                range(completed, AbstractCheckpointStats::getStateSize, 1000));
    }

    /** Returns the minimum, median, and maximum. */
    private static String range(
            List<AbstractCheckpointStats> all, ToLongFunction<AbstractCheckpointStats> value, long unit) {
        long[] sorted = all.stream().mapToLong(value).sorted().toArray();
        return sorted.length == 0
                ? "-"
                : String.format(
                        Locale.ROOT,
                        "%,d/%,d/%,d",
                        sorted[0] / unit,
                        sorted[sorted.length / 2] / unit,
                        sorted[sorted.length - 1] / unit);
    }
}
