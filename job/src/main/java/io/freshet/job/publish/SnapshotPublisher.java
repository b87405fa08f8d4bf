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
import java.util.List;

/**
 * Sends snapshots in their model's lane: small ones in one record, and large ones as the blocks that changed since the last.
 *
 * <p>All blocks are sent with every {@code publish.fullEvery}-th snapshot, with the first snapshot after a state was loaded,
 * and with the first snapshot in another lane. After a failure, readers may have newer blocks than the restored state. After a
 * change of lane, the snapshot in the old lane is deleted with the second snapshot in the new one: by then, readers usually have
 * the first, so servers always have the model.
 */
final class SnapshotPublisher {
    private final RecordFactory records;
    private final LearnMetrics metrics;
    private final LearnOutput out;

    SnapshotPublisher(RecordFactory records, LearnMetrics metrics, LearnOutput out) {
        this.records = records;
        this.metrics = metrics;
        this.out = out;
    }

    void publish(Learner learner, String modelKey, ModelState state) {
        PublishSpec spec = learner.spec().publish();
        clearOldLane(modelKey, state);
        PublishProgress last = state.published();
        int blocks = SnapshotCodec.blocks(state.learner().layout());
        boolean full = blocks == 0
                || state.publishedAt() == ModelState.NEVER
                || last.version() == 0
                || last.lane() != spec.lane()
                || last.sinceFull() + 1 >= spec.fullEvery();
        PublishedSnapshot published = records.publish(learner, modelKey, state);
        List<OutputRecord> snapshot = records.snapshot(modelKey, published, full ? SnapshotCodec.ALL : last.version());
        send(spec.lane(), snapshot);
        metrics.published(learner.spec(), snapshot);
        out.send(OutputRecord.HISTORY, records.history(modelKey, published));
        if (last.lane() == spec.lane() && last.blocks() > blocks) {
            send(spec.lane(), records.deleteBlocks(modelKey, blocks, last.blocks()));
        }
        state.published(last.next(state.learner().samples(), spec.lane(), blocks, full));
    }

    /** Deletes the snapshot left in the model's previous lane, if any. */
    void clearOldLane(String modelKey, ModelState state) {
        PublishProgress last = state.published();
        if (last.lane() != null && last.leftBlocks() != PublishProgress.NO_SNAPSHOT) {
            send(other(last.lane()), records.delete(modelKey, last.leftBlocks()));
            state.published(last.cleared());
        }
    }

    /** Sends the tombstones of a deleted model key: those of its snapshots, and that of its evaluations. */
    void delete(String modelKey, ModelState state) {
        PublishProgress last = state.published();
        int committed = last.blocksIn(Lane.COMMITTED);
        if (committed != PublishProgress.NO_SNAPSHOT) {
            send(Lane.COMMITTED, records.delete(modelKey, committed));
        }
        // The eager lane is visible immediately: after a failure, it may have more blocks than the restored state
        // recorded.
        int blocks = SnapshotCodec.blocks(state.learner().layout());
        send(Lane.EAGER, records.delete(modelKey, Math.max(blocks, last.blocksIn(Lane.EAGER))));
        out.send(OutputRecord.EVALUATIONS, records.deleteEvaluations(modelKey));
    }

    private void send(Lane lane, List<OutputRecord> snapshot) {
        switch (lane) {
            case EAGER -> snapshot.forEach(out::send);
            case COMMITTED -> snapshot.forEach(record -> out.send(OutputRecord.COMMITTED, record));
        }
    }

    private static Lane other(Lane lane) {
        return lane == Lane.EAGER ? Lane.COMMITTED : Lane.EAGER;
    }
}
