package io.freshet.job.publish;

import io.freshet.job.observe.LearnMetrics;
import io.freshet.job.record.OutputRecord;
import io.freshet.job.state.ModelState;
import io.freshet.job.state.PublishProgress;
import io.freshet.learning.learner.Learner;
import io.freshet.learning.spec.PublishSpec;
import io.freshet.learning.spec.PublishSpec.Lane;
import io.freshet.schemas.snapshot.PublishedSnapshot;
import io.freshet.schemas.snapshot.SnapshotCodec;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Sends snapshots in the lane of their model: small ones whole, of large ones the blocks that changed since the last.
 *
 * <p>All blocks go out every {@code publish.fullEvery} snapshots; with the first after a start, since what was sent before a
 * failure may be newer than the state that came back; and with the first in another lane. The snapshot in the lane that was
 * left is deleted with the second in the new one, when the first is seen, as a rule: no server is without the model meanwhile.
 */
public final class SnapshotPublisher {
    private final RecordFactory publication;
    private final LearnMetrics metrics;
    private final LearnOutput out;
    /** Addresses of large models of which this run has sent all blocks. */
    private final Set<String> sentInFull = new HashSet<>();

    public SnapshotPublisher(RecordFactory publication, LearnMetrics metrics, LearnOutput out) {
        this.publication = publication;
        this.metrics = metrics;
        this.out = out;
    }

    public void publish(Learner learner, String address, ModelState state) {
        PublishSpec spec = learner.spec().publish();
        clearLeft(learner.spec().name(), address, state);
        PublishProgress last = state.published();
        int blocks = SnapshotCodec.blocks(state.learner().layout());
        boolean full = blocks == 0
                || sentInFull.add(address)
                || last.version() == 0
                || last.lane() != spec.lane()
                || last.sinceFull() + 1 >= spec.fullEvery();
        PublishedSnapshot published = publication.publish(learner, address, state);
        List<OutputRecord> records =
                publication.snapshot(address, published, full ? SnapshotCodec.ALL : last.version());
        send(spec.lane(), records);
        metrics.published(learner.spec(), records);
        out.send(OutputRecord.HISTORY, publication.history(address, published));
        if (last.lane() == spec.lane() && last.blocks() > blocks) {
            send(spec.lane(), publication.deleteBlocks(address, learner.spec().name(), blocks, last.blocks()));
        }
        state.published(last.next(state.learner().samples(), spec.lane(), blocks, full));
    }

    /** Deletes the snapshot that is still in the lane that the model has left, if there is one. */
    public void clearLeft(String model, String address, ModelState state) {
        PublishProgress last = state.published();
        if (last.lane() != null && last.leftBlocks() != PublishProgress.NOTHING_THERE) {
            send(other(last.lane()), publication.delete(address, model, last.leftBlocks()));
            state.published(last.cleared());
        }
    }

    /** Sends the tombstones of a model that is deleted. */
    public void delete(String address, String model, ModelState state) {
        sentInFull.remove(address);
        PublishProgress last = state.published();
        int committed = last.blocksIn(Lane.COMMITTED);
        if (committed != PublishProgress.NOTHING_THERE) {
            send(Lane.COMMITTED, publication.delete(address, model, committed));
        }
        // Seen at once: after a failure there may be more in this lane than the state that came back knows of.
        int blocks = SnapshotCodec.blocks(state.learner().layout());
        send(Lane.EAGER, publication.delete(address, model, Math.max(blocks, last.blocksIn(Lane.EAGER))));
    }

    private void send(Lane lane, List<OutputRecord> records) {
        switch (lane) {
            case EAGER -> records.forEach(out::send);
            case COMMITTED -> records.forEach(record -> out.send(OutputRecord.COMMITTED, record));
        }
    }

    private static Lane other(Lane lane) {
        return lane == Lane.EAGER ? Lane.COMMITTED : Lane.EAGER;
    }
}
