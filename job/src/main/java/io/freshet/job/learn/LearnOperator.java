package io.freshet.job.learn;

import io.freshet.job.observe.Backlog;
import io.freshet.job.observe.LearnMetrics;
import io.freshet.job.order.BufferedSamples;
import io.freshet.job.order.StrictOrder;
import io.freshet.job.publish.LearnOutput;
import io.freshet.job.publish.PublishSchedule;
import io.freshet.job.publish.RecordFactory;
import io.freshet.job.record.KeyedSample;
import io.freshet.job.record.LearnInput;
import io.freshet.job.record.ModelKey;
import io.freshet.job.record.OutputRecord;
import io.freshet.job.record.SpecChange;
import io.freshet.job.replica.ReplicaGroups;
import io.freshet.job.replica.ReplicaRun;
import io.freshet.job.specs.ActiveLearners;
import io.freshet.job.specs.SpecChanges;
import io.freshet.job.specs.SpecRegistry;
import io.freshet.job.state.KeyedSampleIds;
import io.freshet.job.state.ModelStateCache;
import io.freshet.learning.learner.Learner;
import io.freshet.learning.spec.ModelSpec;
import java.util.List;
import org.apache.flink.api.common.operators.MailboxExecutor;
import org.apache.flink.metrics.Counter;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.BoundedOneInput;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

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
        implements OneInputStreamOperator<LearnInput, OutputRecord>, BoundedOneInput {
    private static final long serialVersionUID = 1;

    private final SpecRegistry registry;
    private final RecordFactory records;
    private final int partitions;
    private final long cacheBytes;
    private final LearnConnections connections;
    private transient ReplicaGroups replicas;
    private transient ReplicaLearning replicaLearning;
    private transient MailboxExecutor mailbox;
    private transient ActiveLearners learners;
    private transient ModelStateCache states;
    private transient BufferedSamples buffered;
    private transient SpecChanges specs;
    private transient StrictOrder strict;
    private transient KeyedSampleIds ids;
    private transient Backlog backlog;
    private transient CurrentModel current;
    private transient ModelTrainer trainer;
    private transient PublishTimers publishTimers;
    private transient SampleRouter samples;
    private transient Quarantine quarantine;

    /**
     * @param topic name of the samples topic
     * @param partitions number of partitions of the samples topic when the job starts
     * @param registry specifications to start with
     * @param cacheBytes size of the model cache in front of a state backend that stores bytes
     * @param connections to other parts of the job
     */
    public LearnOperator(
            String topic, int partitions, SpecRegistry registry, long cacheBytes, LearnConnections connections) {
        this.partitions = partitions;
        this.registry = registry;
        this.cacheBytes = cacheBytes;
        this.connections = connections;
        records = new RecordFactory(topic);
    }

    @Override
    public void initializeState(StateInitializationContext context) throws Exception {
        super.initializeState(context);
        states = new ModelStateCache(getKeyedStateBackend(), context.getKeyedStateStore(), cacheBytes);
        buffered = new BufferedSamples(getKeyedStateBackend(), context.getKeyedStateStore());
        learners = new ActiveLearners();
        List<ModelSpec> newest = registry.initialize(context);
        replicas = new ReplicaGroups(
                getKeyedStateBackend(),
                context.getKeyedStateStore(),
                ReplicaRun.of(
                        getContainingTask().getEnvironment(),
                        partitions,
                        connections.bounded(),
                        () -> getProcessingTimeService().getCurrentProcessingTime()));
        specs = new SpecChanges(registry, learners, replicas::start);
        specs.start(buffered.specs(), buffered.refused(), newest);
        strict = new StrictOrder(
                getKeyedStateBackend(),
                context.getKeyedStateStore(),
                partitions,
                learners,
                () -> getProcessingTimeService().getCurrentProcessingTime(),
                demand -> connections.source().report(getContainingTask().getEnvironment(), demand));
        ids = new KeyedSampleIds(getKeyedStateBackend(), context.getKeyedStateStore());
    }

    @Override
    public void open() throws Exception {
        super.open();
        records.open();
        backlog = Backlog.ofSubtask(connections.ends());
        backlog.open();
        LearnMetrics metrics = new LearnMetrics(getMetricGroup(), records::millis, records::nanos);
        metrics.watch(states::count, states::cached, states::cachedBytes, buffered::count);
        Counter duplicates = getMetricGroup().counter("duplicates");
        getMetricGroup().gauge("waitingForTurn", () -> strict.buffered());
        LearnOutput out = new OperatorOutput(output);
        PublishSchedule snapshots = new PublishSchedule(
                records, metrics, out, () -> getProcessingTimeService().getCurrentProcessingTime());
        current = new CurrentModel(states, snapshots, records, out);
        trainer = new ModelTrainer(current, ids, new ModelTrainer.Outputs(records, snapshots, out), metrics, backlog);
        quarantine = new Quarantine(learners, records, out, metrics);
        publishTimers = new PublishTimers(current, learners, snapshots, quarantine, metrics, this::setCurrentKey);
        publishTimers.open(getInternalTimerService("publish", VoidNamespaceSerializer.INSTANCE, publishTimers));
        ExpiryTimers expiryTimers = new ExpiryTimers(current, learners, buffered, trainer);
        expiryTimers.open(getInternalTimerService("forget", VoidNamespaceSerializer.INSTANCE, expiryTimers));
        SampleLearner learning = new SampleLearner(
                current,
                learners,
                trainer,
                new SampleLearner.Timers(publishTimers, expiryTimers),
                quarantine,
                duplicates);
        replicaLearning = new ReplicaLearning(
                replicas,
                learners,
                current,
                trainer,
                publishTimers,
                quarantine,
                this::setCurrentKey,
                getProcessingTimeService());
        samples = new SampleRouter(
                learners, buffered, strict, new InTurn(learning, replicaLearning), quarantine, this::setCurrentKey);
        mailbox = getContainingTask()
                .getMailboxExecutorFactory()
                .createExecutor(getOperatorConfig().getChainIndex());
        replicas.open(connections.rounds(), new MailboxListener(mailbox, samples));
        strict.reportDemand();
        quarantine.open(getProcessingTimeService());
        if (!buffered.isEmpty() || strict.isRestored()) {
            // Records cannot be sent from open, so a timer learns the restored samples.
            getProcessingTimeService().registerTimer(0, time -> samples.learnBuffered());
        }
    }

    /** Does nothing, since changes have no key; {@link #receive} sets the key of a sample. */
    @Override
    @SuppressWarnings("rawtypes") // Flink's signature.
    public void setKeyContextElement1(StreamRecord element) {}

    @Override
    public void processElement(StreamRecord<LearnInput> element) throws Exception {
        samples.learnRestored();
        if (element.getValue() instanceof KeyedSample keyed) {
            samples.receive(keyed);
        } else {
            apply((SpecChange) element.getValue());
        }
    }

    private void apply(SpecChange change) throws Exception {
        if (change.isDeletion()) {
            quarantine.withdraw(change.name());
        }
        if (specs.apply(change)) {
            delete(change.name());
        }
    }

    private void delete(String model) throws Exception {
        states.forEach(modelKey -> ModelKey.isOf(modelKey, model), (modelKey, state) -> {
            current.use(modelKey, state);
            trainer.delete();
        });
        buffered.delete(model);
        strict.delete(model);
        replicas.delete(model);
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
        replicaLearning.checkpoint();
        strict.checkpoint(context.getCheckpointId());
        learners.checkpointed(context.getCheckpointId());
    }

    @Override
    public void notifyCheckpointComplete(long checkpointId) throws Exception {
        super.notifyCheckpointComplete(checkpointId);
        boolean changed = learners.completed(checkpointId);
        if (changed) {
            replicaLearning.reportFailures();
        }
        if (strict.completed(checkpointId) || changed) {
            samples.learnBuffered();
        }
        if (changed) {
            quarantine.announceAll();
            learners.removeSuperseded();
        }
    }

    /** Ends a bounded input: nothing can wait for another checkpoint, or for more samples to fill a batch. */
    @Override
    public void endInput() throws Exception {
        learners.activateAll();
        replicaLearning.reportFailures();
        samples.finishBuffered();
        while (!samples.finishTurns()) {
            mailbox.yield();
        }
        replicaLearning.flush();
        states.forEach((modelKey, state) -> {
            Learner learner = learners.of(ModelKey.model(modelKey), state);
            if (learner != null) {
                current.use(modelKey, state);
                if (!quarantine.attempt(learner, () -> trainer.finish(learner))) {
                    state.damage();
                }
            }
        });
    }

    @Override
    public void close() throws Exception {
        try {
            super.close();
        } finally {
            if (backlog != null) {
                backlog.close();
            }
            if (replicas != null) {
                replicas.close();
            }
        }
    }

    /** Returns the models of this subtask, for tests. */
    ModelStateCache states() {
        return states;
    }
}
