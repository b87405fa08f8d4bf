package io.freshet.cli.history;

import io.freshet.cli.console.CommandException;
import io.freshet.cli.feed.EpochPlan;
import io.freshet.cli.feed.FileFeed;
import io.freshet.cli.feed.SampleSink;
import io.freshet.cli.input.InputException;
import io.freshet.cli.input.RowFiles;
import io.freshet.job.record.KeyedSample;
import io.freshet.learning.predict.Snapshot;
import io.freshet.learning.predict.WarmStart;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.learning.yaml.Plural;
import io.freshet.schemas.sample.RecordFormat;
import io.freshet.schemas.snapshot.HistoryEntry;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Rebuilds the parameters of a snapshot from the file that {@code freshet train} learned; its rows act as the samples
 * topic.
 */
final class FileRebuilder implements SampleSink {
    private final Replay replay;
    private long offset = -1;
    private int spec = Replay.NONE;

    private FileRebuilder(Replay replay) {
        this.replay = replay;
    }

    /**
     * Learns the rows again.
     *
     * @param specs of the changes of the snapshot's lineage
     * @param warmStarts by checksum
     * @throws CommandException if the file has fewer samples for the model than the snapshot received
     */
    static Snapshot rebuild(
            HistoryEntry entry, List<ModelSpec> specs, Map<String, WarmStart> warmStarts, RowFiles files)
            throws CommandException, IOException {
        if (entry.spec().replicas() != null) {
            throw new InputException(files + ": " + entry.spec().name()
                    + " has replicas (expected: none in a replay from a file, which lacks their rounds)");
        }
        Replay replay = new Replay(entry, specs, warmStarts, RecordFormat.avro());
        List<ModelSpec> one = List.of(entry.spec());
        new FileFeed(files, specs).read(new FileRebuilder(replay), EpochPlan.of(one));
        if (!replay.isComplete()) {
            throw new CommandException(String.format(
                    Locale.ROOT,
                    "%s: %s for the model (expected: the %,d that version %d received)",
                    files,
                    Plural.of(replay.position(), "sample"),
                    entry.lineage().position(),
                    entry.version()));
        }
        return replay.snapshot();
    }

    /** A row is a sample of each specification; the one that holds at its position is learned, since rows have offsets of their own. */
    @Override
    public void accept(int model, KeyedSample sample) {
        if (sample.sample().offset() != offset) {
            offset = sample.sample().offset();
            spec = replay.spec();
        }
        if (model == spec) {
            replay.receive(sample);
        }
    }

    /** An invalid row is no sample. */
    @Override
    public void reject(long row, String text, String message) {}
}
