package io.freshet.faults.oracle;

import io.freshet.schemas.avro.MalformedRecordException;
import io.freshet.schemas.kafka.ParameterKey;
import io.freshet.schemas.snapshot.SnapshotReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Compares each snapshot of one lane with the oracle's parameters of the same version. */
public final class LaneLog {
    private final Oracle oracle;
    private final SnapshotReader reader = new SnapshotReader();
    private final Map<String, Long> versions = new TreeMap<>();
    private final Set<String> writers = new TreeSet<>();
    private long snapshots;
    private long repeated;
    private long incomplete;
    /** Those that the oracle does not have, or not yet: a snapshot may be read before the round that it follows. */
    private final List<Unmatched> unmatched = new ArrayList<>();

    private record Unmatched(String model, String address, long version, long hash) {
        boolean isOf(Oracle oracle) {
            Long expected = oracle.hash(address, version);
            return expected != null && expected == hash;
        }
    }

    LaneLog(Oracle oracle) {
        this.oracle = oracle;
    }

    /**
     * Adds the next record. The oracle must have received all samples that a snapshot in it can have learned before {@link #differences}.
     */
    void add(ConsumerRecord<byte[], byte[]> record) {
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
        String address = change.key().modelKey();
        long version = change.snapshot().snapshot().version();
        snapshots++;
        writers.add(change.snapshot().freshet());
        Unmatched added = new Unmatched(
                change.snapshot().snapshot().spec().name(),
                address,
                version,
                ParameterHash.of(change.snapshot().snapshot().parameters()));
        if (!added.isOf(oracle)) {
            unmatched.add(added);
        }
        Long before = versions.put(address, version);
        if (before != null && before >= version) {
            repeated++;
        }
    }

    /** Returns whether a record is a snapshot or a manifest, rather than a block or a tombstone. */
    static boolean isSnapshot(ConsumerRecord<byte[], byte[]> record) {
        try {
            return record.value() != null && ParameterKey.parse(record.key()).block() == ParameterKey.SNAPSHOT;
        } catch (MalformedRecordException e) {
            throw new IllegalStateException(record + ": " + e.getMessage(), e);
        }
    }

    /** Returns the last version of each model key. */
    Map<String, Long> versions() {
        return versions;
    }

    /** Returns the versions of Freshet that published the snapshots. */
    public Set<String> writers() {
        return writers;
    }

    public long snapshots() {
        return snapshots;
    }

    /**
     * Returns the number of snapshots whose version was not above the previous one, since samples were learned again.
     */
    public long repeated() {
        return repeated;
    }

    /** Returns the number of snapshots that lacked a block. */
    long incomplete() {
        return incomplete;
    }

    /** Returns the models of {@link #differences}. */
    Set<String> differing() {
        return unmatched().stream().map(Unmatched::model).collect(Collectors.toCollection(TreeSet::new));
    }

    /** Returns the number of snapshots that differ from the oracle's in any bit, and the first one; "" if none does. */
    public String differences() {
        return unmatched().isEmpty()
                ? ""
                : unmatched.size() + " of " + snapshots + ", first: "
                        + unmatched.get(0).address() + " version "
                        + unmatched.get(0).version();
    }

    private List<Unmatched> unmatched() {
        unmatched.removeIf(each -> each.isOf(oracle));
        return unmatched;
    }
}
