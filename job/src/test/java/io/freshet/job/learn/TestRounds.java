package io.freshet.job.learn;

import io.freshet.job.replica.RoundsLog;
import io.freshet.schemas.avro.KeyedBytes;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.apache.flink.util.function.ThrowingRunnable;
import org.jspecify.annotations.Nullable;

/** A rounds topic in memory. Records reach the operator when a test delivers them. */
final class TestRounds implements RoundsLog {
    private static final long serialVersionUID = 1;

    private final transient List<Entry> stored = new ArrayList<>();
    private final transient Map<String, Exception> refused = new HashMap<>();
    private final transient Set<String> followed = new TreeSet<>();
    private transient int next;
    private transient @Nullable Listener listener;
    private transient @Nullable Exception refusal;
    private transient boolean interrupts;
    private transient Function<KeyedBytes, List<KeyedBytes>> storing = List::of;
    private transient ThrowingRunnable<Exception> flushing = () -> {};

    /** Stores other records instead of each that is sent. */
    void storing(Function<KeyedBytes, List<KeyedBytes>> records) {
        storing = records;
    }

    /** Does something when the operator waits until what it has sent is stored. */
    void flushing(ThrowingRunnable<Exception> action) {
        flushing = action;
    }

    /** Refuses all records from now on, unless null. */
    void refuse(@Nullable Exception reason) {
        refusal = reason;
    }

    /** Interrupts whoever sends, as a task that is canceled while it waits. */
    void interrupt() {
        interrupts = true;
    }

    /** Returns all records. */
    List<Entry> stored() {
        return stored;
    }

    void store(KeyedBytes record) {
        byte[] value = record.value();
        stored.add(new Entry(
                new String(record.key(), StandardCharsets.UTF_8),
                stored.size(),
                value == null ? null : ByteBuffer.wrap(value)));
    }

    Listener listener() {
        return Objects.requireNonNull(listener);
    }

    /** Returns the keys of the records that the operator reads. */
    Set<String> followed() {
        return followed;
    }

    /** Returns the records that were not taken before, and those to read again; contributions first, as of another partition. */
    List<Entry> take() {
        List<Entry> taken = new ArrayList<>(stored.subList(next, stored.size()));
        taken.sort(Comparator.comparing(Entry::key));
        next = stored.size();
        return taken;
    }

    @Override
    public Connection open(Listener to) {
        listener = to;
        followed.clear();
        next = stored.size();
        return new Connection() {
            @Override
            public void follow(String key, long start) {
                followed.add(key);
                next = Math.toIntExact(Math.min(next, Math.max(0, start)));
            }

            @Override
            public void send(KeyedBytes record, long timestamp) throws InterruptedException {
                if (interrupts) {
                    throw new InterruptedException("canceled");
                }
                if (refusal == null) {
                    storing.apply(record).forEach(TestRounds.this::store);
                } else {
                    refused.putIfAbsent(new String(record.key(), StandardCharsets.UTF_8), refusal);
                    to.refused();
                }
            }

            @Override
            public void flush() throws Exception {
                flushing.run();
            }

            @Override
            public Map<String, Exception> takeRefused() {
                Map<String, Exception> taken = Map.copyOf(refused);
                refused.clear();
                return taken;
            }

            @Override
            public void close() {}
        };
    }
}
