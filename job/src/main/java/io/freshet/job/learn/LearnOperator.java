package io.freshet.job.learn;

import io.freshet.job.observe.Backlog;
import io.freshet.job.observe.LearnMetrics;
import io.freshet.job.publish.LearnOutput;
import io.freshet.job.publish.PublishSchedule;
import io.freshet.job.publish.RecordFactory;
import io.freshet.job.record.KeyedSample;
import io.freshet.job.record.ModelKey;
import io.freshet.job.record.OutputRecord;
import io.freshet.job.record.SpecChange;
import io.freshet.job.record.TrainerInput;
import io.freshet.job.replica.ReplicaGroups;
import io.freshet.job.replica.ReplicaRun;
import io.freshet.job.specs.ActiveLearners;
import io.freshet.job.specs.SpecChanges;
import io.freshet.job.specs.SpecRegistry;
import io.freshet.job.state.KeyedSampleIds;
import io.freshet.job.state.ModelStateCache;
import io.freshet.learning.math.ThreadTeam;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.learning.stream.Deduplicator;
import io.freshet.learning.stream.StreamLearner;
import java.util.List;
import java.util.function.LongSupplier;
import org.apache.flink.api.common.operators.MailboxExecutor;
import org.apache.flink.runtime.execution.Environment;
import org.apache.flink.runtime.state.KeyedStateBackend;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.BoundedOneInput;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.util.IOUtils;
import org.jspecify.annotations.Nullable;

/**
 * Learns the samples of each model key in order, and publishes the results.
 *
 * <p>Everything that learning depends on is keyed state. After a failure, it is restored from the checkpoint, and the samples
 * since then are redelivered. Timers decide when snapshots are published, never what they contain.
 *
 * <p>Each sample is learned with the specification that it was encoded with. The decoder switches to a changed specification
 * at a checkpoint barrier. Samples after the barrier are buffered here until that checkpoint completes. So the sample at which a
 * change takes effect is durable before the change is used, and no recovery can move it.
 *
 * <p>A model that fails does not stop the others: its samples become dead letters until the job restarts or its specification
 * changes ({@link Quarantine}).
 */
@SuppressWarnings("NullAway.Init") // Flink calls initializeState and open before anything else.
public final class LearnOperator extends AbstractStreamOperator<OutputRecord>
        implements OneInputStreamOperator<TrainerInput, OutputRecord>, BoundedOneInput {
    private static final long serialVersionUID = 1;

    private final String topic;
    private final @Nullable String topicId;
    private final int partitions;
    private final SpecRegistry registry;
    private final LearnerResources resources;
    private final LearnConnections connections;
    /** Specifications that the job starts with, or those of the checkpoint. */
    private transient List<ModelSpec> initial;

    private transient ThreadTeam team;
    private transient ModelStateCache states;
    private transient ReplicaGroups replicas;
    private transient SpecChanges specs;
    private transient Backlog backlog;
    private transient Quarantine quarantine;
    private transient PublishTimers publishTimers;
    private transient SampleLearner sampleLearner;
    private transient SampleRouter samples;
    private transient FormerKeyRemoval formerKeys;

    /**
     * @param topic name of the samples topic
     * @param topicId its id; null if unknown
     * @param partitions number of partitions of the samples topic when the job starts
     * @param registry specifications to start with
     * @param resources of the learner of each subtask
     * @param connections to other parts of the job
     */
    public LearnOperator(
            String topic,
            @Nullable String topicId,
            int partitions,
            SpecRegistry registry,
            LearnerResources resources,
            LearnConnections connections) {
        this.topic = topic;
        this.topicId = topicId;
        this.partitions = partitions;
        this.registry = registry;
        this.resources = resources;
        this.connections = connections;
    }

    @Override
    public void initializeState(StateInitializationContext context) throws Exception {
        super.initializeState(context);
        initial = registry.initialize(context);
    }

    /** Restores the keyed state, and connects what a sample passes through. */
    @Override
    public void open() throws Exception {
        super.open();
        KeyedStateBackend<String> backend = getKeyedStateBackend();
        Environment environment = getContainingTask().getEnvironment();
        LongSupplier clock = getProcessingTimeService()::getCurrentProcessingTime;
        states = new ModelStateCache(backend, getKeyedStateStore(), resources.cacheBytes());
        BufferedSamples buffered = new BufferedSamples(backend, getKeyedStateStore());
        team = new ThreadTeam(
                resources.threads(), "learner-" + environment.getTaskInfo().getIndexOfThisSubtask(), System::nanoTime);
        ActiveLearners learners = new ActiveLearners(team);
        replicas = new ReplicaGroups(
                backend, getKeyedStateStore(), ReplicaRun.of(environment, partitions, connections.bounded(), clock));
        specs = new SpecChanges(
                registry, learners, learner -> replicas.start(learner, ModelKey.ofReplicas(learner.spec())));
        specs.start(buffered.specs(), buffered.refused(), initial);
        StrictOrder strict = new StrictOrder(
                backend,
                getKeyedStateStore(),
                partitions,
                learners,
                clock,
                demand -> connections.source().report(environment, demand));

        backlog = Backlog.ofSubtask(connections.ends());
        backlog.open();
        LearnMetrics metrics = new LearnMetrics(getMetricGroup(), clock, System::nanoTime);
        metrics.watch(states::count, states::cached, states::cachedBytes, buffered::count);
        getMetricGroup().gauge("waitingForTurn", strict::buffered);

        RecordFactory records = new RecordFactory(topic, topicId, clock);
        LearnOutput out = new OperatorOutput(output);
        quarantine = new Quarantine(learners, records, out, metrics);
        PublishSchedule snapshots = new PublishSchedule(records, metrics, out, clock);
        CurrentModel current = new CurrentModel(backend, states, learners, snapshots);
        LearnReports reports = new LearnReports(current, records, out, metrics, backlog);
        StreamLearner<Exception> stream =
                new StreamLearner<>(new Deduplicator<>(new KeyedSampleIds(backend, getKeyedStateStore())), reports);
        publishTimers = new PublishTimers(current, snapshots, quarantine, metrics);
        publishTimers.open(getInternalTimerService("publish", VoidNamespaceSerializer.INSTANCE, publishTimers));
        ExpiryTimers expiryTimers = new ExpiryTimers(current, learners, buffered, stream);
        expiryTimers.open(getInternalTimerService("forget", VoidNamespaceSerializer.INSTANCE, expiryTimers));
        sampleLearner = new SampleLearner(
                learners, current, stream, reports, new SampleLearner.Timers(publishTimers, expiryTimers), quarantine);
        formerKeys = new FormerKeyRemoval(registry, learners, sampleLearner);
        ReplicaLearning replicaLearning = new ReplicaLearning(
                replicas,
                learners,
                quarantine,
                new ReplicaTrainer(replicas, current, reports, publishTimers),
                getProcessingTimeService());
        samples = new SampleRouter(learners, buffered, strict, new InTurn(sampleLearner, replicaLearning), quarantine);

        replicas.open(connections.rounds(), new MailboxListener(mailbox(), samples));
        quarantine.open(getProcessingTimeService());
        samples.open(getProcessingTimeService());
    }

    private MailboxExecutor mailbox() {
        return getContainingTask()
                .getMailboxExecutorFactory()
                .createExecutor(getOperatorConfig().getChainIndex());
    }

    /** Does nothing, since changes have no key; {@link #processElement} sets the key of a sample. */
    @Override
    @SuppressWarnings("rawtypes") // Flink's signature.
    public void setKeyContextElement1(StreamRecord element) {}

    @Override
    public void processElement(StreamRecord<TrainerInput> element) throws Exception {
        samples.learnRestored();
        if (element.getValue() instanceof KeyedSample keyed) {
            setCurrentKey(keyed.modelKey());
            samples.receive(keyed);
        } else {
            apply((SpecChange) element.getValue());
        }
    }

    private void apply(SpecChange change) throws Exception {
        if (change.isDeletion()) {
            quarantine.withdraw(change.name());
        }
        specs.apply(change);
        if (change.isDeletion()) {
            sampleLearner.delete(change.name(), state -> true);
            samples.delete(change.name());
            replicas.delete(change.name());
        }
    }

    /** Publishes due snapshots of the committed lane: the checkpoint that starts now contains the same state. */
    @Override
    public void prepareSnapshotPreBarrier(long checkpointId) throws Exception {
        super.prepareSnapshotPreBarrier(checkpointId);
        publishTimers.publishDueAtBarrier();
    }

    @Override
    public void snapshotState(StateSnapshotContext context) throws Exception {
        super.snapshotState(context);
        states.flush();
        samples.checkpoint(context.getCheckpointId());
    }

    @Override
    public void notifyCheckpointComplete(long checkpointId) throws Exception {
        super.notifyCheckpointComplete(checkpointId);
        samples.completed(checkpointId);
        formerKeys.completed();
    }

    /** The decoder has passed the barrier, even if it never arrived here. */
    @Override
    public void notifyCheckpointAborted(long checkpointId) throws Exception {
        super.notifyCheckpointAborted(checkpointId);
        samples.aborted();
    }

    /** Ends a bounded input: nothing can wait for another checkpoint, or for more samples to fill a batch. */
    @Override
    public void endInput() throws Exception {
        samples.finish(mailbox());
        formerKeys.finish();
        sampleLearner.finish();
    }

    @Override
    public void close() throws Exception {
        try {
            super.close();
        } finally {
            // Each is null if the operator did not open, and closes even if another fails.
            IOUtils.closeAll(team, backlog, replicas);
        }
    }

    /** Returns the models of this subtask, for tests. */
    ModelStateCache states() {
        return states;
    }
}
