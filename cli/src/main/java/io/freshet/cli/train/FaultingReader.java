package io.freshet.cli.train;

import io.freshet.job.record.SourceRecord;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.flink.api.connector.source.ReaderOutput;
import org.apache.flink.api.connector.source.SourceEvent;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceSplit;
import org.apache.flink.core.io.InputStatus;
import org.jspecify.annotations.Nullable;

/**
 * Reads as another reader does, and fails before one record. On the way there it waits, once it has read half of what was
 * left, for a checkpoint of that place to be complete, so that what comes next is a restore from the middle.
 */
final class FaultingReader<S extends SourceSplit> implements SourceReader<SourceRecord, S> {
    private static final long NONE = Long.MAX_VALUE;

    private final SourceReader<SourceRecord, S> reader;
    private final long hold;
    private final long fault;
    private final CompletableFuture<Void> released = new CompletableFuture<>();
    /** The first checkpoint that holds all before {@link #hold}. */
    private long checkpoint = NONE;
    /** The next offset to read, as far as it is known. */
    private long next;
    /** Flink gives a reader one output for its life. */
    private @Nullable OffsetOutput watched;

    /**
     * @param hold first offset that is not read before a checkpoint holds all before it
     * @param fault first offset that is not read at all
     */
    FaultingReader(SourceReader<SourceRecord, S> reader, long hold, long fault) {
        this.reader = reader;
        this.hold = hold;
        this.fault = fault;
    }

    @Override
    public InputStatus pollNext(ReaderOutput<SourceRecord> output) throws Exception {
        if (next >= fault) {
            throw new IllegalStateException("a fault that was asked for, before record " + next);
        }
        return isHeld() ? InputStatus.NOTHING_AVAILABLE : reader.pollNext(watched(output));
    }

    private OffsetOutput watched(ReaderOutput<SourceRecord> output) {
        if (watched == null) {
            watched = new OffsetOutput(output, offset -> next = offset + 1);
        }
        return watched;
    }

    private boolean isHeld() {
        return next >= hold && !released.isDone();
    }

    @Override
    public CompletableFuture<Void> isAvailable() {
        return isHeld() ? released : reader.isAvailable();
    }

    @Override
    public List<S> snapshotState(long checkpointId) {
        if (next >= hold) {
            checkpoint = Math.min(checkpoint, checkpointId);
        }
        return reader.snapshotState(checkpointId);
    }

    @Override
    public void notifyCheckpointComplete(long checkpointId) throws Exception {
        reader.notifyCheckpointComplete(checkpointId);
        if (checkpointId >= checkpoint) {
            released.complete(null);
        }
    }

    @Override
    public void notifyCheckpointAborted(long checkpointId) throws Exception {
        reader.notifyCheckpointAborted(checkpointId);
    }

    @Override
    public void start() {
        reader.start();
    }

    @Override
    public void addSplits(List<S> splits) {
        reader.addSplits(splits);
    }

    @Override
    public void notifyNoMoreSplits() {
        reader.notifyNoMoreSplits();
    }

    @Override
    public void handleSourceEvents(SourceEvent event) {
        reader.handleSourceEvents(event);
    }

    @Override
    public void pauseOrResumeSplits(Collection<String> pause, Collection<String> resume) {
        reader.pauseOrResumeSplits(pause, resume);
    }

    @Override
    public void close() throws Exception {
        reader.close();
    }
}
