package io.freshet.cli.train;

import io.freshet.cli.console.CommandException;
import java.io.PrintWriter;
import java.util.Locale;
import org.apache.flink.runtime.checkpoint.CheckpointStatsSnapshot;
import org.apache.flink.runtime.checkpoint.RestoredCheckpointStats;

/** Says of each failure that was asked for when it was, and from which checkpoint the job came back. */
final class FaultLog {
    private final long[] places;
    private final PrintWriter out;
    private int told;

    /** @param places records before which the job fails, ascending */
    FaultLog(long[] places, PrintWriter out) {
        this.places = places;
        this.out = out;
    }

    /** Takes in what the cluster says of the job's checkpoints; tells what is new. */
    void update(CheckpointStatsSnapshot checkpoints) {
        RestoredCheckpointStats restored = checkpoints.getLatestRestoredCheckpoint();
        long count = checkpoints.getCounts().getNumberOfRestoredCheckpoints();
        while (restored != null && told < Math.min(count, places.length)) {
            String from = told + 1 < count ? "came back" : "came back from checkpoint " + restored.getCheckpointId();
            out.printf(
                    Locale.ROOT,
                    "fault %d of %d: failed before record %,d, %s%n",
                    told + 1,
                    places.length,
                    places[told],
                    from);
            out.flush();
            told++;
        }
    }

    /** @throws CommandException if a failure did not happen, or the job did not come back from one by a checkpoint */
    void requireAll() throws CommandException {
        if (told < places.length) {
            throw new CommandException("--faults: " + told + " of " + places.length + " happened");
        }
    }
}
