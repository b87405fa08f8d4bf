package io.freshet.schemas.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.learning.predict.Snapshot;
import io.freshet.schemas.avro.KeyedBytes;
import io.freshet.schemas.avro.MalformedRecordException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;

/** The parameters topic of one large model, with the expected parameters of every version. */
public final class PublishedLog {
    private static final String MODEL = "big";
    private static final int BITS = 16;
    private static final int BLOCK = 1 << 14;
    private static final int FULL_EVERY = 6;

    private final SnapshotCodec codec;
    private final List<KeyedBytes> records = new ArrayList<>();
    /** The expected snapshot of each version, from 0. */
    private final List<Snapshot> learned = new ArrayList<>();

    private long newest;
    private int lastFull;

    private PublishedLog(SnapshotCodec codec, int versions, SplittableRandom random) {
        this.codec = codec;
        Snapshot snapshot = Snapshots.blocks(MODEL, "", BITS, 0, null, 0, 0, 0, 0, 0);
        learned.add(snapshot);
        for (int version = 1; version <= versions; version++) {
            float[] parameters = snapshot.parameters().clone();
            long[] changed = snapshot.blockVersions().clone();
            for (int update = random.nextInt(1, 3); update > 0; update--) {
                int at = random.nextInt(parameters.length);
                parameters[at] += 1;
                changed[at / BLOCK] = version;
            }
            snapshot = Snapshots.of(snapshot.spec(), "", version, parameters, changed);
            learned.add(snapshot);
        }
    }

    /** Returns the records of a trainer that sometimes fails while sending and continues from its last checkpoint. */
    public static PublishedLog random(SnapshotCodec codec, SplittableRandom random, int snapshots) {
        PublishedLog log = new PublishedLog(codec, 3 * snapshots + 3, random);
        long version = 0;
        long published = 0;
        long[] checkpoint = {0, 0};
        int sinceFull = FULL_EVERY;
        for (int i = 0; i < snapshots; i++) {
            boolean last = i == snapshots - 1;
            version += random.nextInt(1, 4);
            boolean full = sinceFull + 1 >= FULL_EVERY;
            List<KeyedBytes> sent = log.write(version, published, full);
            if (!last && random.nextInt(8) == 0) {
                log.records.addAll(sent.subList(0, random.nextInt(sent.size())));
                version = checkpoint[0];
                published = checkpoint[1];
                sinceFull = FULL_EVERY;
                continue;
            }
            if (full) {
                log.lastFull = log.records.size();
            }
            log.records.addAll(sent);
            log.newest = version;
            published = version;
            sinceFull = full ? 0 : sinceFull + 1;
            if (random.nextInt(3) == 0) {
                checkpoint = new long[] {version, published};
            }
        }
        return log;
    }

    private List<KeyedBytes> write(long version, long published, boolean full) {
        Snapshot snapshot = learned.get((int) version);
        PublishedSnapshot with = codec.publish(snapshot, published, "samples", version, "0.1.0");
        return codec.write(with, full ? SnapshotCodec.ALL : published);
    }

    /** Returns the version of the last manifest. */
    public long newest() {
        return newest;
    }

    public int size() {
        return records.size();
    }

    /** Returns the index of the first record of the last snapshot with all its blocks. */
    public int lastFull() {
        return lastFull;
    }

    /** Returns the records after compaction of those before {@code end}. */
    public List<KeyedBytes> compacted(int end) {
        Map<String, Integer> newestOf = new HashMap<>();
        for (int i = 0; i < end; i++) {
            newestOf.put(new String(records.get(i).key(), StandardCharsets.UTF_8), i);
        }
        Set<Integer> kept = new HashSet<>(newestOf.values());
        List<KeyedBytes> compacted = new ArrayList<>();
        for (int i = 0; i < records.size(); i++) {
            if (i >= end || kept.contains(i)) {
                compacted.add(records.get(i));
            }
        }
        return compacted;
    }

    public long read(int start) throws MalformedRecordException {
        return read(records.subList(start, records.size()));
    }

    /** Checks every snapshot that a new reader sees; returns the last version, or -1 if it sees none. */
    public long read(List<KeyedBytes> from) throws MalformedRecordException {
        SnapshotReader reader = new SnapshotReader();
        long reached = -1;
        for (KeyedBytes record : from) {
            SnapshotReader.Change change = reader.read(record.key(), record.value());
            if (change != null) {
                Snapshot read = change.snapshot().snapshot();
                Snapshot expected = learned.get((int) read.version());
                assertThat(Arrays.equals(read.parameters(), expected.parameters()))
                        .as("parameters of version %d", read.version())
                        .isTrue();
                assertThat(read.blockVersions()).isEqualTo(expected.blockVersions());
                reached = read.version();
            }
        }
        return reached;
    }
}
