package io.freshet.faults;

import io.freshet.schemas.MalformedRecordException;
import io.freshet.schemas.SnapshotReader;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** The snapshots of one lane, each compared with the oracle's of the same version. */
final class Lane {
    private final TopicLog log;
    private final Oracle oracle;
    private final SnapshotReader reader = new SnapshotReader();
    private final Map<String, Long> versions = new TreeMap<>();
    private final Set<String> writers = new TreeSet<>();
    private long snapshots;
    private long again;
    private long different;
    private String firstDifferent = "";

    Lane(TopicLog log, Oracle oracle) {
        this.log = log;
        this.oracle = oracle;
    }

    /** Reads on, once the oracle has learned all that these snapshots can have learned. */
    void readOn() {
        log.readOn(this::take);
    }

    private void take(ConsumerRecord<byte[], byte[]> record) {
        SnapshotReader.Change change;
        try {
            change = reader.read(record.key(), record.value());
        } catch (MalformedRecordException e) {
            throw new IllegalStateException(record + ": " + e.getMessage(), e);
        }
        if (change == null || change.snapshot() == null) {
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

    /** Returns how many snapshots were not the oracle's, bit for bit, and which was the first; "" if all were. */
    String different() {
        return different == 0 ? "" : different + " of " + snapshots + ", first: " + firstDifferent;
    }
}
