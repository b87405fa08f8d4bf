package io.freshet.server.ingest;

import io.freshet.learning.predict.Snapshot;
import io.freshet.learning.spec.PublishSpec.Lane;
import io.freshet.schemas.avro.MalformedRecordException;
import io.freshet.schemas.kafka.ParameterKey;
import io.freshet.schemas.snapshot.PublishedSnapshot;
import io.freshet.schemas.snapshot.SnapshotReader;
import io.freshet.server.metrics.ServerMetrics;
import io.freshet.server.store.Gate;
import io.freshet.server.store.Gates;
import io.freshet.server.store.ModelStore;
import io.freshet.server.store.Refusals;
import io.freshet.server.store.SnapshotOrigin;
import io.freshet.server.store.SwapOutcome;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Assembles snapshots from the parameters topic of one lane, checks them, and swaps them in. Not thread-safe. */
public final class ParameterIngest implements RecordSink {
    private final Lane lane;
    private final ModelStore store;
    private final ServerMetrics metrics;
    private final List<Gate> conditions;
    private final InstantSource clock;
    private SnapshotReader reader = new SnapshotReader();
    private Gates gates;
    /** By partition: the sets of all keys share them. */
    private final Map<Integer, SnapshotOrigin> sources = new HashMap<>();
    /** How often the topic has been recreated. */
    private int creation;

    /**
     * @param lane lane of the topic
     * @param clock bounds the times of trainers
     */
    public ParameterIngest(Lane lane, ModelStore store, ServerMetrics metrics, List<Gate> gates, InstantSource clock) {
        this.clock = clock;
        this.conditions = gates;
        this.gates = new Gates(gates);
        this.lane = lane;
        this.store = store;
        this.metrics = metrics;
    }

    @Override
    public void accept(byte @Nullable [] key, byte @Nullable [] value, int partition) throws MalformedRecordException {
        long start = System.nanoTime();
        SnapshotReader.Change change = null;
        try {
            change = reader.read(key, value);
            if (change != null && change.snapshot() != null) {
                change = new SnapshotReader.Change(
                        change.key(), change.snapshot().receivedAt(clock.millis()));
            }
            if (change != null) {
                apply(change, partition, start);
            }
        } catch (MalformedRecordException | RuntimeException | Error e) {
            reject(modelOf(key), change == null ? null : change.snapshot(), e);
            throw e;
        }
    }

    /** Serves what was received until the new topic has newer snapshots. */
    @Override
    public void recreated() {
        creation++;
        sources.clear();
        reader = new SnapshotReader();
        gates = new Gates(conditions);
        store.refusals().clear(lane);
    }

    private void apply(SnapshotReader.Change change, int partition, long start) throws MalformedRecordException {
        String model = change.key().model();
        PublishedSnapshot published = change.snapshot();
        if (published == null) {
            gates.remove(model, change.key().key());
            store.refusals().deleted(model, change.key().key(), lane);
        } else {
            Snapshot snapshot = published.snapshot();
            SnapshotCheck.check(snapshot, store.parameters(model, change.key().key()));
            String refusal = gates.refusal(snapshot);
            if (refusal != null) {
                metrics.swap(model, "gated");
                refuse(model, snapshot, refusal, true);
                return;
            }
        }
        SwapOutcome outcome = store.apply(
                change, sources.computeIfAbsent(partition, number -> new SnapshotOrigin(lane, creation, number)));
        if (outcome != SwapOutcome.STALE) {
            store.refusals().resolved(model, change.key().key());
        }
        if (outcome == SwapOutcome.SWAPPED) {
            metrics.swapDuration(Duration.ofNanos(System.nanoTime() - start));
        }
        // A tombstone of an unknown model must not create a time series.
        if (published != null || outcome == SwapOutcome.REMOVED) {
            metrics.swap(model, outcome.name().toLowerCase(Locale.ROOT));
        }
    }

    private void reject(String model, @Nullable PublishedSnapshot snapshot, Throwable cause) {
        metrics.brokenSwap(model);
        refuse(model, snapshot == null ? null : snapshot.snapshot(), String.valueOf(cause.getMessage()), false);
    }

    /** @param snapshot null if it could not be read */
    private void refuse(String model, @Nullable Snapshot snapshot, String reason, boolean gated) {
        String key = snapshot == null ? "" : snapshot.key();
        String version = snapshot == null ? null : Long.toString(snapshot.version());
        store.refusals().add(model, new Refusals.Refusal(key, version, reason, gated, lane, clock.millis()));
    }

    private static String modelOf(byte @Nullable [] key) {
        try {
            return ParameterKey.parse(key).model();
        } catch (MalformedRecordException e) {
            return ServerMetrics.UNKNOWN;
        }
    }
}
