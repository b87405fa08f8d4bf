package io.freshet.server.store;

import io.freshet.learning.evaluation.Metrics;
import io.freshet.learning.features.Incarnation;
import io.freshet.learning.features.Lineage;
import io.freshet.learning.model.Parameters;
import io.freshet.learning.model.StateLayout;
import io.freshet.learning.predict.Clamp;
import io.freshet.learning.predict.Predictor;
import io.freshet.learning.predict.Snapshot;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.learning.spec.PublishSpec.Lane;
import io.freshet.schemas.avro.WireMetrics;
import io.freshet.schemas.kafka.FreshetVersion;
import io.freshet.schemas.snapshot.FloatBytes;
import io.freshet.schemas.snapshot.Publication;
import io.freshet.schemas.snapshot.PublishedSnapshot;
import io.freshet.schemas.snapshot.SnapshotCodec;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One version of one model's parameters, ready to predict. Immutable; a request uses the same set throughout.
 *
 * @param served the specification
 * @param published the snapshot as read from the topic, without its metrics
 * @param packedMetrics the snapshot's metrics, of which a server holds those of every key, and seldom reads any
 * @param source where the snapshot was read
 */
public record ParameterSet(
        ServedSpec served, PublishedSnapshot published, byte[] packedMetrics, SnapshotOrigin source) {
    /** Objects of a small set: lineage, metrics, and headers. */
    private static final int OVERHEAD_BYTES = 1024;

    /** Returns the parameter set of a snapshot; {@code served} must belong to the snapshot's specification. */
    static ParameterSet of(ServedSpec served, PublishedSnapshot published, SnapshotOrigin source) {
        PublishedSnapshot withoutMetrics =
                new PublishedSnapshot(published.snapshot().withoutMetrics(), published.publication());
        return new ParameterSet(
                served, withoutMetrics, WireMetrics.pack(published.snapshot().metrics()), source);
    }

    /** Returns a set that has learned nothing, and whose parameters are all 0. */
    static ParameterSet zero(ServedSpec served) {
        ModelSpec spec = served.spec();
        Parameters zeros = zeros(spec.model().layout(spec.inputShape(), spec.outputs(), 0));
        Snapshot snapshot = new Snapshot(
                spec,
                "",
                0,
                0,
                zeros,
                spec.features().standardizer().start(),
                new Lineage(),
                new long[0],
                null,
                Clamp.NO_LABELS);
        Publication publication = new Publication(
                served.hash(),
                FloatBytes.checksumOfZeros(zeros.length()),
                SnapshotCodec.NO_PARENT,
                "",
                0,
                FreshetVersion.VERSION);
        return of(served, new PublishedSnapshot(snapshot, publication), new SnapshotOrigin(Lane.EAGER, 0, 0));
    }

    /** Returns zeros: for a table, one block in the place of all. */
    private static Parameters zeros(StateLayout layout) {
        int last = layout.blocks() - 1;
        if (!layout.byRow() || last == 0) {
            return Parameters.of(new float[layout.parameters()]);
        }
        float[][] blocks = new float[last + 1][];
        Arrays.fill(blocks, new float[layout.blockParameters()]);
        blocks[last] = new float[layout.blockEnd(last) - layout.blockStart(last)];
        return Parameters.ofTable(layout, blocks);
    }

    /** Returns a predictor with the snapshot's parameters. */
    public Predictor predictor() {
        return new Predictor(snapshot(), served.shape());
    }

    public Snapshot snapshot() {
        return published.snapshot();
    }

    /** Returns the lane of the topic. */
    public Lane lane() {
        return source.lane();
    }

    /** Returns the metrics of the snapshot since the start, or null if unknown. */
    public @Nullable Metrics metrics() {
        return WireMetrics.unpack(packedMetrics);
    }

    /** Returns whether a trainer published the set; version 0 of an untrained model is not. */
    public boolean isPublished() {
        return published.publishedAt() > 0;
    }

    /** Returns the number of samples learned. */
    public long version() {
        return published.snapshot().version();
    }

    /** Returns the newest event time learned, milliseconds since 1970, or Long.MIN_VALUE before the first sample. */
    public long watermark() {
        return published.snapshot().lineage().watermark();
    }

    /** Returns the last offset learned of each partition, as {@code TOPIC:PARTITION=OFFSET,...}. */
    public String offsets() {
        Lineage lineage = snapshot().lineage();
        return offsets(lineage.partitions(), lineage.offsets());
    }

    /** Returns the first offset learned of each partition, which identifies the incarnation, in the same form; "" if unknown. */
    public String incarnation() {
        Incarnation origin = snapshot().lineage().origin();
        return offsets(origin.partitions(), origin.firstOffsets());
    }

    private String offsets(int[] partitions, long[] offsets) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < partitions.length; i++) {
            text.append(i == 0 ? "" : ",")
                    .append(published.topic())
                    .append(':')
                    .append(partitions[i])
                    .append('=')
                    .append(offsets[i]);
        }
        return text.toString();
    }

    /** Returns about how much memory the set needs, but for the parameters that {@code newer} has in the same arrays. */
    long bytesNotIn(ParameterSet newer) {
        return OVERHEAD_BYTES
                + snapshot().values().bytesNotIn(newer.snapshot().values())
                + (long) Double.BYTES
                        * (snapshot().moments().length + snapshot().labelRange().length);
    }

    /** Sets are equal only if they are the same: comparing their contents takes longer than a swap. */
    @Override
    public boolean equals(@Nullable Object other) {
        return this == other;
    }

    @Override
    public int hashCode() {
        return System.identityHashCode(this);
    }

    /** Returns the size of the parameters in memory. */
    public long parameterBytes() {
        return (long) Float.BYTES * published.snapshot().values().length();
    }

    /**
     * Returns whether this set replaces {@code known}, of the same model and key, which was read before. Sets of one
     * specification and incarnation are compared by version, because a recovered job publishes versions again; others, by
     * publication. All sets of a topic precede those of the topic that replaced it.
     */
    boolean replaces(ParameterSet known) {
        if (source.replaces(known.source)) {
            return true;
        }
        return published.specHash().equals(known.published.specHash()) && isSameIncarnation(known)
                ? version() > known.version()
                : source.follows(known.source) || published.publishedAt() > known.published.publishedAt();
    }

    private boolean isSameIncarnation(ParameterSet other) {
        return snapshot()
                .lineage()
                .origin()
                .isSameIncarnation(other.snapshot().lineage().origin());
    }
}
