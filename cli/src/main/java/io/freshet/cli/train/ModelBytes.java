package io.freshet.cli.train;

import io.freshet.job.state.ModelState;
import io.freshet.job.state.ModelStateSerializer;
import io.freshet.learning.learner.Learner;
import io.freshet.learning.predict.Snapshot;
import io.freshet.learning.spec.PublishSpec.Lane;
import io.freshet.schemas.avro.KeyedBytes;
import io.freshet.schemas.avro.MalformedRecordException;
import io.freshet.schemas.snapshot.SnapshotCodec;
import io.freshet.schemas.snapshot.SnapshotReader;
import io.freshet.server.store.ModelStore;
import java.io.IOException;
import java.lang.ref.Reference;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.core.memory.DataOutputSerializer;

/**
 * Bytes of one model, or of the model of one key; the mean of those that were learned.
 *
 * @param heap of the job's state on the heap
 * @param checkpoint of the state in a checkpoint, before compression
 * @param snapshot of all records of a published snapshot, before compression
 * @param server of the model in a server's heap
 */
record ModelBytes(double heap, double checkpoint, double snapshot, double server) {
    private static final int SERVED = 16;

    static ModelBytes measure(Learner learner, Population population) throws IOException {
        List<ModelState> models = List.copyOf(population.models().values());
        List<KeyedBytes> records = snapshots(learner, models);
        int keys = keys(learner, models);
        double snapshot = records.stream().mapToLong(ModelBytes::length).sum() / (double) keys;
        return new ModelBytes(population.heapBytes(), checkpoint(models), snapshot, server(records, keys));
    }

    private static double checkpoint(List<ModelState> models) throws IOException {
        ModelStateSerializer serializer = new ModelStateSerializer();
        DataOutputSerializer out = new DataOutputSerializer(1 << 10);
        long bytes = 0;
        for (ModelState model : models) {
            out.clear();
            serializer.serialize(model, out);
            bytes += out.length();
        }
        return (double) bytes / models.size();
    }

    /** Returns the number of models that can be published under one name. */
    private static int keys(Learner learner, List<ModelState> models) {
        return learner.spec().key() == null ? 1 : models.size();
    }

    private static List<KeyedBytes> snapshots(Learner learner, List<ModelState> models) {
        SnapshotCodec codec = new SnapshotCodec();
        List<KeyedBytes> records = new ArrayList<>();
        for (int i = 0; i < keys(learner, models); i++) {
            String key = learner.spec().key() == null ? "" : "key-" + i;
            Snapshot snapshot = learner.snapshot(models.get(i).learner(), key);
            records.addAll(codec.write(snapshot, "freshet.samples", 1, ""));
        }
        return records;
    }

    private static long length(KeyedBytes record) {
        return record.key().length + (record.value() == null ? 0 : record.value().length);
    }

    /** Returns the heap of a model in a server; a model without a key is measured in several servers. */
    private static double server(List<KeyedBytes> records, int keys) {
        int servers = Math.max(1, SERVED / keys);
        long before = Population.used();
        List<ModelStore> stores = new ArrayList<>();
        for (int i = 0; i < servers; i++) {
            stores.add(serve(records));
        }
        double bytes = (double) Math.max(0, Population.used() - before) / servers / keys;
        Reference.reachabilityFence(stores);
        return bytes;
    }

    private static ModelStore serve(List<KeyedBytes> records) {
        ModelStore store = new ModelStore();
        SnapshotReader reader = new SnapshotReader();
        try {
            for (KeyedBytes record : records) {
                SnapshotReader.Change change = reader.read(record.key(), record.value());
                if (change != null) {
                    store.apply(change, Lane.EAGER);
                }
            }
        } catch (MalformedRecordException e) {
            throw new IllegalStateException("a snapshot just written cannot be read", e);
        }
        return store;
    }
}
