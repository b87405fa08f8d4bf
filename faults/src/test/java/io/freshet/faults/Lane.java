package io.freshet.faults;

import io.freshet.schemas.avro.MalformedRecordException;
import io.freshet.schemas.snapshot.SnapshotReader;
import io.freshet.schemas.topic.ParameterKey;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** The snapshots of one lane, put together of their blocks, each compared with the oracle's of the same version. */
final class Lane {
    private final Oracle oracle;
    private final SnapshotReader reader = new SnapshotReader();
    private final Map<String, Long> versions = new TreeMap<>();
    private final Set<String> writers = new TreeSet<>();
    private long snapshots;
    private long again;
    private long incomplete;
    private long different;
    private String firstDifferent = "";

    Lane(Oracle oracle) {
        this.oracle = oracle;
    }

    /** Takes in the next record, once the oracle has learned all that a snapshot in it can have learned. */
    void take(ConsumerRecord<byte[], byte[]> record) {
        SnapshotReader.Change change;
        try {
            change = reader.read(record.key(), record.value());
        } catch (MalformedRecordException e) {
            throw new IllegalStateException(record + ": " + e.getMessage(), e);
        }
        if (change == null || change.snapshot() == null) {
            incomplete += isSnapshot(record) ? 1 : 0;
            return;
        }
        String address = change.key().address();
        long version = change.snapshot().snapshot().version();
        Long expected = oracle.bits(address, version);
        snapshots++;
        writers.add(change.snapshot().freshet());
        if (expected == null || expected != Bits.of(change.snapshot().snapshot().parameters())) {
            different++;
            firstDifferent = firstDifferent.isEmpty() ? address + " version " + version : firstDifferent;
        }
        Long before = versions.put(address, version);
        if (before != null && before >= version) {
            again++;
        }
    }

    /** Whether a record is a snapshot, or what says of which blocks one is; not a block, and not the end of one. */
    static boolean isSnapshot(ConsumerRecord<byte[], byte[]> record) {
        try {
            return record.value() != null && ParameterKey.parse(record.key()).block() == ParameterKey.SNAPSHOT;
        } catch (MalformedRecordException e) {
            throw new IllegalStateException(record + ": " + e.getMessage(), e);
        }
    }

    /** Returns the last version of each model and key. */
    Map<String, Long> versions() {
        return versions;
    }

    /** Returns the versions of Freshet that have written them. */
    Set<String> writers() {
        return writers;
    }

    long snapshots() {
        return snapshots;
    }

    /** Returns how many snapshots came with a version that was not above the one before: training had gone back. */
    long again() {
        return again;
    }

    /** Returns how many snapshots were there without all of their blocks. */
    long incomplete() {
        return incomplete;
    }

    /** Returns how many snapshots were not the oracle's, bit for bit, and which was the first; "" if all were. */
    String different() {
        return different == 0 ? "" : different + " of " + snapshots + ", first: " + firstDifferent;
    }
}
