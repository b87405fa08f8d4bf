package io.freshet.job.replica;

import io.freshet.job.record.ModelKey;
import io.freshet.learning.learner.Learner;
import io.freshet.learning.merge.ReplicaSettings;
import io.freshet.learning.replica.BlockReducerState;
import io.freshet.learning.replica.ReplicaState;
import io.freshet.schemas.avro.KeyedBytes;
import io.freshet.schemas.avro.MalformedRecordException;
import io.freshet.schemas.rounds.RoundsCodec;
import io.freshet.schemas.rounds.RoundsRecord;
import io.freshet.schemas.rounds.RoundsRecord.Kind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.state.KeyedStateStore;
import org.apache.flink.runtime.state.KeyedStateBackend;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The replicas and reducers of a subtask, by model. Follows the rounds topic for them.
 *
 * <p>Records of other origins are of an earlier model of that name, or of another job, and are skipped; damaged ones are
 * reported and skipped. If the topic can no longer be used, all models here fail, and the next one that starts connects again.
 */
public final class ReplicaGroups {
    private static final Logger LOG = LoggerFactory.getLogger(ReplicaGroups.class);

    private final StoredReplicas stored;
    private final ReplicaRun run;
    private final Map<String, StoredReplicas.Stored> restored;
    private final Map<String, FollowedGroup> models = new LinkedHashMap<>();
    private final Map<String, RoundsStream> streams = new HashMap<>();
    private long started;
    private @Nullable RoundsLog log;
    private RoundsLog.@Nullable Listener listener;
    /** Null before {@link #open}, and after a failure of the topic. */
    private RoundsLog.@Nullable Connection connection;

    public ReplicaGroups(KeyedStateBackend<String> backend, KeyedStateStore store, ReplicaRun run) throws Exception {
        stored = new StoredReplicas(backend, store);
        this.run = run;
        restored = stored.read();
    }

    /**
     * Starts or restores the replicas of a model, if it has any that do not run already. All subtasks call this for the same
     * models in the same order. Replicas that run use a changed specification once their reducer announces it.
     *
     * @return why the model cannot be learned, or null
     */
    public @Nullable String start(Learner learner) throws IOException {
        ReplicaSettings settings = learner.spec().replicas();
        String model = learner.spec().name();
        if (settings == null) {
            return null;
        }
        FollowedGroup running = models.get(model);
        if (running != null) {
            return running.group().failure();
        }
        if (settings.count() > run.partitions()) {
            return "replicas.count: " + settings.count() + " (expected: at most " + run.partitions()
                    + ", the partitions of the samples topic)";
        }
        String origin = run.origin() + "-" + ++started;
        ReplicaGroup group = new ReplicaGroup(
                learner,
                run,
                new Outbox(
                        model,
                        (key, kind, replica, round, message) -> send(model, key, kind, replica, round, message)));
        FollowedGroup followed = GroupStart.start(run, restored, group, settings.count(), origin);
        if (followed != null) {
            models.put(model, followed);
            follow(followed);
        }
        return followed == null ? null : followed.group().failure();
    }

    /** Starts to send, and to read. */
    public void open(RoundsLog rounds, RoundsLog.Listener to) {
        log = rounds;
        listener = to;
        for (Map.Entry<String, FollowedGroup> each : models.entrySet()) {
            follow(each.getValue());
            String failure = each.getValue().group().failure();
            if (failure != null) {
                sendFailure(each.getKey(), failure);
            }
        }
    }

    private void follow(FollowedGroup followed) {
        if (log == null || listener == null) {
            return;
        }
        if (connection == null) {
            connection = log.open(listener);
        }
        for (RoundsStream stream : followed.streams()) {
            follow(connection, stream);
        }
    }

    private void follow(RoundsLog.Connection open, RoundsStream stream) {
        streams.put(stream.key(), stream);
        open.follow(stream.key(), stream.position());
    }

    private void send(String model, String key, Kind kind, int replica, long round, byte[] message) {
        FollowedGroup followed = models.get(model);
        if (followed == null || connection == null) {
            throw new IllegalStateException("model " + model + ": not open");
        }
        for (KeyedBytes record : RoundsCodec.write(key, kind, followed.origin(), replica, round, message)) {
            connection.send(record, run.clock().getAsLong());
        }
    }

    /** Returns the replicas of a model; null if none are here. */
    public @Nullable ReplicaGroup group(String model) {
        FollowedGroup followed = models.get(model);
        return followed == null ? null : followed.group();
    }

    /** Returns all replicas that are here, by model. */
    public List<ReplicaGroup> all() {
        return models.values().stream().map(FollowedGroup::group).toList();
    }

    /** Marks the states of a model as half-updated, and reports its failure to all subtasks. */
    public void fail(String model, String reason) {
        FollowedGroup followed = models.get(model);
        if (followed != null && !followed.isDamaged()) {
            followed.damage(reason);
            sendFailure(model, reason);
        }
    }

    private void sendFailure(String model, String reason) {
        String key = RoundsCodec.key(model, false);
        send(model, key, Kind.FAILURE, 0, 0, (run.attempt() + "\n" + reason).getBytes(StandardCharsets.UTF_8));
    }

    /** Receives messages that were completed, and failures. */
    public interface MessageAction {
        void receive(ReplicaGroup group, RoundsRecord record, byte[] message) throws Exception;

        /** Closes the rounds of a model that are due. */
        void merge(ReplicaGroup group) throws Exception;

        /** Stops learning a model, unless it has failed already. */
        void failed(ReplicaGroup group, String reason);
    }

    /** Fails all models, since the rounds topic can no longer be used. Those whose messages were all stored stay intact. */
    public void unusable(Exception failure, MessageAction action) {
        RoundsLog.Connection broken = connection;
        if (broken == null) {
            return;
        }
        connection = null;
        streams.clear();
        broken.close();
        for (String key : broken.takeRefused().keySet()) {
            FollowedGroup followed = models.get(model(key));
            if (followed != null) {
                followed.damage(reason(failure));
            }
        }
        for (FollowedGroup followed : models.values()) {
            followed.group().fail(reason(failure));
            action.failed(followed.group(), reason(failure));
        }
    }

    private static String reason(Exception failure) {
        return "rounds topic: " + failure.getMessage();
    }

    /** Fails the models of which a message was refused, so that others wait for it in vain. */
    public void failRefused(MessageAction action) {
        if (connection != null) {
            connection.takeRefused().forEach((key, failure) -> {
                FollowedGroup followed = models.get(model(key));
                if (followed != null) {
                    fail(model(key), reason(failure));
                    action.failed(followed.group(), reason(failure));
                }
            });
        }
    }

    /** Receives a record of the rounds topic. */
    public void receive(RoundsLog.Entry read, MessageAction action) throws Exception {
        RoundsStream stream = streams.get(read.key());
        FollowedGroup followed = stream == null ? null : models.get(model(read.key()));
        if (stream == null || followed == null) {
            return;
        }
        try {
            RoundsRecord record = RoundsCodec.read(read.value());
            if (record.origin().equals(followed.origin()) && followed.group().isNew(record)) {
                boolean isHeld = followed.group().blockReducers() > 0 && stream == followed.merged();
                if (isHeld && record.round() > followed.group().finishedRound()) {
                    stream.hold(record.round(), read.offset());
                }
                byte[] message = stream.add(record, read.offset());
                if (message != null && record.kind() == Kind.FAILURE) {
                    receiveFailure(followed, message, action);
                } else if (message != null && !followed.isDamaged()) {
                    action.receive(followed.group(), record, message);
                }
            }
        } catch (MalformedRecordException | IllegalArgumentException | IOException e) {
            LOG.warn("rounds topic, key {}, offset {}: skipped: {}", read.key(), read.offset(), e.getMessage());
        }
        stream.received(read.offset());
        stream.release(followed.group().finishedRound());
    }

    /** Records that everything under a key is received that was stored when the key was first followed. */
    public void caughtUp(String key, MessageAction action) throws Exception {
        FollowedGroup followed = models.get(model(key));
        if (followed != null && key.equals(followed.merged().key())) {
            followed.group().caughtUp();
            action.merge(followed.group());
        }
    }

    private static String model(String key) {
        return key.substring(0, key.indexOf('/'));
    }

    private void receiveFailure(FollowedGroup followed, byte[] message, MessageAction action) {
        String text = new String(message, StandardCharsets.UTF_8);
        int end = text.indexOf('\n');
        if (end >= 0 && text.substring(0, end).equals(run.attempt())) {
            String reason = text.substring(end + 1);
            followed.damage(reason);
            action.failed(followed.group(), reason);
        }
    }

    /** Returns when all messages are stored or refused. */
    public void flush(MessageAction action) throws Exception {
        if (connection != null) {
            connection.flush();
            failRefused(action);
        }
    }

    /** Writes all states to keyed state, before a checkpoint reads them. */
    public void checkpoint(MessageAction action) throws Exception {
        flush(action);
        for (FollowedGroup followed : models.values()) {
            String model = followed.group().model();
            for (ReplicaState state : followed.group().replicas().values()) {
                stored.write(ModelKey.ofReplica(model, state.number()), followed.replicaHeader(), state);
            }
            GroupReducer reducing = followed.group().reducing();
            if (reducing != null) {
                stored.write(ModelKey.ofWhole(model), followed.reducerHeader(reducing), reducing.state());
            }
            for (BlockReducerState state : followed.group().blocks().states().values()) {
                stored.write(ModelKey.ofBlocks(model, state.first()), followed.blocksHeader(state.first()), state);
            }
        }
    }

    /** Deletes the replicas of a model. */
    public void delete(String model) throws Exception {
        FollowedGroup followed = models.remove(model);
        if (followed != null) {
            followed.streams().forEach(stream -> streams.remove(stream.key()));
            stored.delete(model);
        }
    }

    public void close() {
        if (connection != null) {
            connection.close();
        }
    }
}
