package io.freshet.job.replica;

import io.freshet.job.record.ModelKey;
import io.freshet.job.specs.ModelFailure;
import io.freshet.job.state.Pages;
import io.freshet.learning.learner.Learner;
import io.freshet.learning.replica.RoundsMessage;
import io.freshet.learning.replica.RoundsMessage.Failed;
import io.freshet.learning.replica.UnknownMemberException;
import io.freshet.learning.spec.ReplicaSettings;
import io.freshet.schemas.avro.KeyedBytes;
import io.freshet.schemas.avro.MalformedRecordException;
import io.freshet.schemas.snapshot.RoundsAssembly;
import io.freshet.schemas.snapshot.RoundsRecord;
import java.io.IOException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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
public final class ReplicaGroups implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ReplicaGroups.class);

    private final StoredReplicas stored;
    private final ReplicaRun run;
    private final Map<String, StoredReplicas.Stored> restored;
    private final Map<String, ReplicaGroup> models = new LinkedHashMap<>();
    /** By the keys that are followed on the connection. */
    private final Map<String, ReplicaGroup> followed = new HashMap<>();

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
     * @param modelKeys of the model's replicas
     * @return why the model cannot be learned, or null
     */
    public @Nullable String start(Learner learner, List<String> modelKeys) throws IOException, InterruptedException {
        ReplicaSettings settings = learner.spec().replicas();
        String model = learner.spec().name();
        if (settings == null) {
            return null;
        }
        ReplicaGroup running = models.get(model);
        if (running != null) {
            return running.failure();
        }
        if (settings.count() > run.partitions()) {
            return "replicas.count: " + settings.count() + " (expected: at most " + run.partitions()
                    + ", the partitions of the samples topic)";
        }
        String origin = restored.entrySet().stream()
                .filter(each -> ModelKey.isOf(each.getKey(), model))
                .map(each -> each.getValue().header().origin())
                .findFirst()
                .orElse(run.id() + "-" + ++started);
        ReplicaGroup group = start(learner, modelKeys, origin);
        if (group == null) {
            return null;
        }
        models.put(model, group);
        follow(group);
        String failure = group.failure();
        if (failure != null && connection != null) {
            sendFailure(model, failure);
        }
        return failure;
    }

    /** A model that cannot be started here, for instance since its states need too much memory, has no parts here, and fails everywhere. */
    private @Nullable ReplicaGroup start(Learner learner, List<String> modelKeys, String origin) throws IOException {
        ModelFailure failure;
        try {
            ReplicaGroup group = new ReplicaGroup(learner, modelKeys, origin, run);
            return GroupStart.start(run, restored, group, modelKeys.size()) ? group : null;
        } catch (RuntimeException | Error e) {
            failure = ModelFailure.of(e);
        }
        ReplicaGroup group = new ReplicaGroup(learner, modelKeys, origin, run);
        group.follow(RoundsMessage.TO_ALL, run.recent());
        group.damage(failure.reason());
        return group;
    }

    /** Starts to send, and to read. */
    public void open(RoundsLog rounds, RoundsLog.Listener to) throws InterruptedException {
        log = rounds;
        listener = to;
        for (ReplicaGroup each : models.values()) {
            follow(each);
            String failure = each.failure();
            if (failure != null) {
                sendFailure(each.model(), failure);
            }
        }
    }

    private void follow(ReplicaGroup group) {
        if (log == null || listener == null) {
            return;
        }
        RoundsLog.Connection open = connection == null ? log.open(listener) : connection;
        connection = open;
        group.streams().forEach((key, stream) -> {
            followed.put(key, group);
            open.follow(key, stream.position());
        });
    }

    /** Sends the messages of a model. */
    public void send(String model, List<RoundsMessage> messages) throws InterruptedException {
        for (RoundsMessage message : messages) {
            ReplicaGroup group = models.get(model);
            if (group == null || connection == null) {
                throw new IllegalStateException("model " + model + ": not open");
            }
            for (KeyedBytes record : RoundsRecord.write(model, group.origin(), message)) {
                connection.send(record, run.clock().getAsLong());
            }
        }
    }

    /** Returns the replicas of a model; null if none are here. */
    public @Nullable ReplicaGroup group(String model) {
        return models.get(model);
    }

    /** Returns all replicas that are here, by model. */
    public List<ReplicaGroup> all() {
        return List.copyOf(models.values());
    }

    /** Marks the states of a model as half-updated, and reports its failure to all subtasks. */
    public void fail(String model, String reason) throws InterruptedException {
        ReplicaGroup group = models.get(model);
        if (group != null && !group.isDamaged()) {
            group.damage(reason);
            sendFailure(model, reason);
        }
    }

    private void sendFailure(String model, String reason) throws InterruptedException {
        send(model, List.of(new Failed(run.id(), reason)));
    }

    /** Fails all models, since the rounds topic can no longer be used. Those whose messages were all stored stay intact. */
    public void unusable(Exception failure) {
        RoundsLog.Connection broken = connection;
        if (broken == null) {
            return;
        }
        connection = null;
        followed.clear();
        broken.close();
        for (String key : broken.takeRefused().keySet()) {
            ReplicaGroup group = models.get(model(key));
            if (group != null) {
                group.damage(reason(failure));
            }
        }
        models.values().forEach(each -> each.fail(reason(failure)));
    }

    private static String reason(Exception failure) {
        return "rounds topic: " + failure.getMessage();
    }

    /** Fails the models of which a message was refused, so that others would wait for it forever. */
    public void failRefused() throws InterruptedException {
        if (connection != null) {
            for (Map.Entry<String, Exception> refused : connection.takeRefused().entrySet()) {
                fail(model(refused.getKey()), reason(refused.getValue()));
            }
        }
    }

    /** A message that was received, and its place in the topic. */
    public record Received(ReplicaGroup group, RoundsMessage message, RoundsLog.Entry last) {
        /** Gives the message to its group. Any failure but an unknown sender is one of the model. */
        public void apply() {
            try {
                message.readBy(group);
            } catch (UnknownMemberException e) {
                skip(last, e);
            }
        }
    }

    private static void skip(RoundsLog.Entry entry, Exception e) {
        LOG.warn("rounds topic, key {}, offset {}: skipped: {}", entry.key(), entry.offset(), e.getMessage());
    }

    /** Receives a record of the rounds topic; returns the message that it completes, or null. */
    public @Nullable Received receive(RoundsLog.Entry read) {
        ReplicaGroup group = followed.get(read.key());
        if (group == null) {
            return null;
        }
        RoundsAssembly stream = Objects.requireNonNull(group.streams().get(read.key()));
        RoundsMessage message = null;
        try {
            RoundsRecord record = RoundsRecord.read(read.value());
            if (record.origin().equals(group.origin())) {
                message = stream.add(record, read.offset());
            }
        } catch (MalformedRecordException e) {
            skip(read, e);
        }
        stream.received(read.offset());
        return message == null || group.isDamaged() ? null : new Received(group, message, read);
    }

    /**
     * Records that everything under a key is received that was stored when the key was first followed.
     *
     * @return the model whose rounds may close now, or null
     */
    public @Nullable ReplicaGroup caughtUp(String key) {
        ReplicaGroup group = followed.get(key);
        return group != null && group.caughtUp(key) ? group : null;
    }

    private static String model(String key) {
        return key.substring(0, key.indexOf('/'));
    }

    /** Returns when all messages are stored or refused. */
    public void flush() throws Exception {
        if (connection != null) {
            connection.flush();
            failRefused();
        }
    }

    /** Writes all states to keyed state, before a checkpoint reads them. */
    public void checkpoint() throws Exception {
        flush();
        for (ReplicaGroup group : models.values()) {
            for (Map.Entry<String, Pages.Writer> state : group.states().entrySet()) {
                stored.write(state.getKey(), group.header(state.getKey()), state.getValue());
            }
        }
    }

    /** Deletes the replicas of a model, also those that were restored and never started. */
    public void delete(String model) throws Exception {
        ReplicaGroup group = models.remove(model);
        followed.values().removeIf(each -> each == group);
        restored.keySet().removeIf(modelKey -> ModelKey.isOf(modelKey, model));
        stored.delete(model);
    }

    @Override
    public void close() {
        if (connection != null) {
            connection.close();
        }
    }
}
