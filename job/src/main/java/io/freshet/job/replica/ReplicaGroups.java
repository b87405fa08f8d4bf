package io.freshet.job.replica;

import io.freshet.job.record.ModelKey;
import io.freshet.job.record.OutputRecord;
import io.freshet.learning.learner.Learner;
import io.freshet.learning.merge.ReplicaSettings;
import io.freshet.learning.replica.ReducerState;
import io.freshet.learning.replica.ReplicaState;
import io.freshet.schemas.avro.KeyedBytes;
import io.freshet.schemas.avro.MalformedRecordException;
import io.freshet.schemas.rounds.RoundsCodec;
import io.freshet.schemas.rounds.RoundsRecord;
import io.freshet.schemas.rounds.RoundsRecord.Kind;
import java.io.DataInput;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.apache.flink.api.common.state.KeyedStateStore;
import org.apache.flink.runtime.state.KeyedStateBackend;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The replicas and reducers of a subtask, by model. Follows the rounds topic for them.
 *
 * <p>Records of other origins are of an earlier model of that name, or of another job, and are skipped; damaged ones are
 * reported and skipped.
 */
public final class ReplicaGroups {
    private static final Logger LOG = LoggerFactory.getLogger(ReplicaGroups.class);

    /** No subtask of a job starts this long after another. */
    private static final long STARTING_MILLIS = 600_000;

    private final StoredReplicas stored;
    private final Run run;
    private final Map<String, DataInput> restored;
    private final Map<String, Entry> models = new LinkedHashMap<>();
    private final Map<String, RoundsStream> streams = new HashMap<>();
    private long started;
    private @Nullable Consumer<OutputRecord> output;
    private RoundsLog.@Nullable Reader reader;

    /**
     * Identifies the job, as all its subtasks do, and the subtask.
     *
     * @param origin differs between jobs, and between runs that do not continue the same state
     * @param attempt differs between runs
     * @param partitions of the samples topic when the job starts
     * @param isHere whether a model key belongs to this subtask
     * @param clock time in milliseconds since 1970, UTC
     */
    public record Run(String origin, String attempt, int partitions, Predicate<String> isHere, LongSupplier clock) {}

    private static final class Entry {
        private final ReplicaGroup group;
        private final String origin;
        /** Followed by the replicas. */
        private final RoundsStream merged;
        /** Followed by the reducer. */
        private final RoundsStream contributions;

        private boolean isDamaged;

        Entry(ReplicaGroup group, String origin, long merged, long contributions) {
            String model = group.learner().spec().name();
            this.group = group;
            this.origin = origin;
            this.merged = new RoundsStream(RoundsCodec.key(model, false), merged);
            this.contributions = new RoundsStream(RoundsCodec.key(model, true), contributions);
        }
    }

    public ReplicaGroups(KeyedStateBackend<String> backend, KeyedStateStore store, Run run) throws Exception {
        stored = new StoredReplicas(backend, store);
        this.run = run;
        restored = stored.read();
    }

    /**
     * Starts or restores the replicas of a model, if it has any. All subtasks call this for the same models in the same order.
     *
     * @return why the model cannot be learned, or null
     */
    public @Nullable String start(Learner learner) throws IOException {
        ReplicaSettings settings = learner.spec().replicas();
        String model = learner.spec().name();
        if (settings == null || models.containsKey(model)) {
            return null;
        }
        if (settings.count() > run.partitions()) {
            return "replicas.count: " + settings.count() + " (expected: at most " + run.partitions()
                    + ", the partitions of the samples topic)";
        }
        String origin = run.origin() + "-" + ++started;
        Starting starting = new Starting(learner, origin);
        for (int replica = 0; replica < settings.count(); replica++) {
            starting.replica(ModelKey.ofReplica(model, replica), replica);
        }
        starting.reducer(ModelKey.ofWhole(model));
        Entry entry = starting.entry();
        if (entry != null) {
            models.put(model, entry);
            follow(entry);
        }
        return entry != null && entry.isDamaged
                ? "state: half-updated by an earlier failure (expected: the model deleted and applied again, or a"
                        + " checkpoint from before the failure)"
                : null;
    }

    /** The parts of a model that are in this subtask. */
    private final class Starting {
        private final Learner learner;
        private final ReplicaGroup group;
        private String origin;
        private long merged;
        private long contributions;
        private boolean isDamaged;

        Starting(Learner learner, String origin) {
            this.learner = learner;
            this.origin = origin;
            merged = recent();
            contributions = recent();
            String model = learner.spec().name();
            group = new ReplicaGroup(
                    learner, (kind, replica, round, message) -> send(model, kind, replica, round, message));
        }

        void replica(String modelKey, int number) throws IOException {
            if (!run.isHere().test(modelKey)) {
                return;
            }
            DataInput in = restored.remove(modelKey);
            if (in == null) {
                group.start(number);
            } else {
                long position = position(in);
                merged = merged < 0 ? position : Math.min(merged, position);
                group.restore(StoredReplicas.readReplica(in));
            }
        }

        void reducer(String modelKey) throws IOException {
            if (!run.isHere().test(modelKey)) {
                return;
            }
            DataInput in = restored.remove(modelKey);
            if (in == null) {
                group.startReducer();
            } else {
                contributions = position(in);
                group.restoreReducer(StoredReplicas.readReducer(learner.start(), in));
            }
        }

        private long position(DataInput in) throws IOException {
            StoredReplicas.Header header = StoredReplicas.readHeader(in);
            origin = header.origin();
            isDamaged |= header.isDamaged();
            return header.position();
        }

        /** Returns null if nothing of the model is here. */
        @Nullable Entry entry() {
            if (group.replicas().isEmpty() && group.reducing() == null) {
                return null;
            }
            Entry entry = new Entry(group, origin, merged, contributions);
            entry.isDamaged = isDamaged;
            return entry;
        }
    }

    /** Returns where the records of replicas that start now are not before. */
    private long recent() {
        return -(run.clock().getAsLong() - STARTING_MILLIS);
    }

    /** Starts to send, and to read. */
    public void open(RoundsLog log, RoundsLog.Listener listener, Consumer<OutputRecord> to) {
        output = to;
        reader = log.open(listener);
        models.values().forEach(this::follow);
    }

    private void follow(Entry entry) {
        RoundsLog.Reader open = reader;
        if (open == null) {
            return;
        }
        // Also the reducer's subtask: it has to hear of failures.
        streams.put(entry.merged.key(), entry.merged);
        open.follow(entry.merged.key(), entry.merged.position());
        if (entry.group.reducing() != null) {
            streams.put(entry.contributions.key(), entry.contributions);
            open.follow(entry.contributions.key(), entry.contributions.position());
        }
    }

    private void send(String model, Kind kind, int replica, long round, byte[] message) {
        Entry entry = models.get(model);
        Consumer<OutputRecord> to = output;
        if (entry == null || to == null) {
            throw new IllegalStateException("model " + model + ": not open");
        }
        String key = RoundsCodec.key(model, kind.isForReducer());
        for (KeyedBytes record : RoundsCodec.write(model, kind, entry.origin, replica, round, message)) {
            to.accept(OutputRecord.of(key, record, run.clock().getAsLong()));
        }
    }

    /** Returns the replicas of a model; null if none are here. */
    public @Nullable ReplicaGroup group(String model) {
        Entry entry = models.get(model);
        return entry == null ? null : entry.group;
    }

    /** Returns all replicas that are here, by model. */
    public List<ReplicaGroup> all() {
        return models.values().stream().map(entry -> entry.group).toList();
    }

    /** Marks the states of a model as half-updated, and reports its failure to all subtasks. */
    public void fail(String model, String reason) {
        Entry entry = models.get(model);
        if (entry != null && !entry.isDamaged) {
            entry.isDamaged = true;
            send(model, Kind.FAILURE, 0, 0, (run.attempt() + "\n" + reason).getBytes(StandardCharsets.UTF_8));
        }
    }

    /** Receives messages that were completed. */
    public interface MessageAction {
        void receive(ReplicaGroup group, RoundsRecord record, byte[] message) throws Exception;

        void failed(ReplicaGroup group, String reason);
    }

    /** Receives a record of the rounds topic. */
    public void receive(RoundsLog.Entry read, MessageAction action) throws Exception {
        RoundsStream stream = streams.get(read.key());
        Entry entry = stream == null ? null : models.get(model(read.key()));
        if (stream == null || entry == null) {
            return;
        }
        try {
            RoundsRecord record = RoundsCodec.read(read.value());
            if (record.origin().equals(entry.origin) && entry.group.isNew(record)) {
                byte[] message = stream.add(record, read.offset());
                if (message != null && record.kind() == Kind.FAILURE) {
                    fail(entry, message, action);
                } else if (message != null && !entry.isDamaged) {
                    action.receive(entry.group, record, message);
                }
            }
        } catch (MalformedRecordException | IllegalArgumentException | IOException e) {
            LOG.warn("rounds topic, key {}, offset {}: skipped: {}", read.key(), read.offset(), e.getMessage());
        }
        stream.received(read.offset());
    }

    private static String model(String key) {
        return key.substring(0, key.indexOf('/'));
    }

    private void fail(Entry entry, byte[] message, MessageAction action) {
        String text = new String(message, StandardCharsets.UTF_8);
        int end = text.indexOf('\n');
        if (end >= 0 && text.substring(0, end).equals(run.attempt())) {
            entry.isDamaged = true;
            action.failed(entry.group, text.substring(end + 1));
        }
    }

    /** Writes all states to keyed state, before a checkpoint reads them. */
    public void checkpoint() throws Exception {
        for (Map.Entry<String, Entry> each : models.entrySet()) {
            Entry entry = each.getValue();
            for (ReplicaState state : entry.group.replicas().values()) {
                stored.write(
                        ModelKey.ofReplica(each.getKey(), state.number()),
                        new StoredReplicas.Header(entry.origin, entry.merged.position(), entry.isDamaged),
                        state);
            }
            ReducerState reducing = entry.group.reducing();
            if (reducing != null) {
                stored.write(
                        ModelKey.ofWhole(each.getKey()),
                        new StoredReplicas.Header(entry.origin, entry.contributions.position(), entry.isDamaged),
                        reducing);
            }
        }
    }

    /** Deletes the replicas of a model. */
    public void delete(String model) throws Exception {
        Entry entry = models.remove(model);
        if (entry != null) {
            streams.remove(entry.merged.key());
            streams.remove(entry.contributions.key());
            stored.delete(model);
        }
    }

    public void close() {
        if (reader != null) {
            reader.close();
        }
    }
}
