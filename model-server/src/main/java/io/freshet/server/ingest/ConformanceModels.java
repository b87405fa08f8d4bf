package io.freshet.server.ingest;

import io.freshet.learning.features.Lineage;
import io.freshet.learning.predict.Snapshot;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.avro.KeyedBytes;
import io.freshet.schemas.avro.MalformedRecordException;
import io.freshet.schemas.kafka.FreshetVersion;
import io.freshet.schemas.snapshot.SnapshotCodec;
import java.util.List;

/**
 * Models without a trainer whose predictions are known in advance, for tests of clients and of the protocol. They are
 * linear, and served like all others.
 *
 * <pre>
 *   echo    prediction = [INPUT0, INPUT1]
 *   sum     prediction = INPUT0 + INPUT1
 *   addsub  prediction = [INPUT0 + INPUT1, INPUT0 - INPUT1]
 * </pre>
 */
public final class ConformanceModels {
    private static final String SPEC =
            "{name: %s, label: y, outputs: %d, loss: mean-squared-error, features: {numeric: [INPUT0, INPUT1], standardize: false}}";
    private static final long VERSION = 1;

    // The bias of each output, and then the weights of each input, by output.
    private static final List<Snapshot> SNAPSHOTS = List.of(
            snapshot("echo", 2, 0, 0, 1, 0, 0, 1),
            snapshot("sum", 1, 0, 1, 1),
            snapshot("addsub", 2, 0, 0, 1, 1, 1, -1));

    private ConformanceModels() {}

    /** Publishes the models, as if they came from a topic. */
    public static void publish(ParameterIngest ingest, long publishedAt) {
        try {
            for (Snapshot snapshot : SNAPSHOTS) {
                for (KeyedBytes record : new SnapshotCodec().write(snapshot, "", publishedAt, FreshetVersion.VERSION)) {
                    ingest.accept(record.key(), record.value(), 0);
                }
            }
        } catch (MalformedRecordException e) {
            throw new IllegalStateException("the snapshots are written here", e);
        }
    }

    private static Snapshot snapshot(String name, int outputs, float... parameters) {
        ModelSpec spec = ModelSpec.parse(SPEC.formatted(name, outputs));
        return new Snapshot(
                spec,
                "",
                VERSION,
                VERSION,
                parameters,
                spec.features().standardizer().start(),
                new Lineage(),
                new long[0],
                null);
    }
}
