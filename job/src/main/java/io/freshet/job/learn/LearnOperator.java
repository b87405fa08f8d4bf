package io.freshet.job.learn;

import io.freshet.job.decode.SpecRegistry;
import io.freshet.job.observe.Backlog;
import io.freshet.job.observe.EndOffsets;
import io.freshet.job.observe.LearnMetrics;
import io.freshet.job.order.ActiveLearners;
import io.freshet.job.order.BufferedSamples;
import io.freshet.job.order.StrictOrder;
import io.freshet.job.pause.SourceDemand;
import io.freshet.job.publish.LearnOutput;
import io.freshet.job.publish.PublishSchedule;
import io.freshet.job.publish.RecordFactory;
import io.freshet.job.quarantine.ModelFailure;
import io.freshet.job.record.KeyedSample;
import io.freshet.job.record.LearnInput;
import io.freshet.job.record.ModelKey;
import io.freshet.job.record.OutputRecord;
import io.freshet.job.record.SpecChange;
import io.freshet.job.replica.ReplicaGroups;
import io.freshet.job.replica.RoundsLog;
import io.freshet.job.state.KeyedSampleIds;
import io.freshet.job.state.ModelState;
import io.freshet.job.state.ModelStateCache;
import io.freshet.learning.learner.Learner;
import io.freshet.learning.spec.ModelSpec;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.apache.flink.api.common.TaskInfo;
import org.apache.flink.api.common.operators.MailboxExecutor;
import org.apache.flink.metrics.Counter;
import org.apache.flink.runtime.state.KeyGroupRange;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.BoundedOneInput;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
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
        implements OneInputStreamOperator<LearnInput, OutputRecord>, BoundedOneInput {
    private static final long serialVersionUID = 1;

    private final SpecRegistry registry;
    private final RecordFactory records;
    private final int partitions;
    private final long cacheBytes;
    private final Connections connections;
    private transient ReplicaGroups replicas;
    private transient ReplicaLearning replicaLearning;
    private transient StrictOrder.LearnAction inTurn;
    private transient MailboxExecutor mailbox;
    private transient ActiveLearners learners;
    private transient ModelStateCache states;
    private transient BufferedSamples buffered;
    private transient StrictOrder strict;
    private transient KeyedSampleIds ids;
    private transient Backlog backlog;
    private transient CurrentModel current;
    private transient ModelTrainer trainer;
    private transient PublishSchedule snapshots;
    private transient SampleLearner learning;
    private transient Quarantine quarantine;

    /**
     * Connections to other parts of the job.
     *
     * @param ends end offsets of the samples topic, or null to report no backlog
     * @param source of the samples, which pauses partitions that are far ahead
     * @param rounds of models with replicas
     */
    public record Connections(@Nullable EndOffsets ends, SourceDemand source, RoundsLog rounds)
            implements Serializable {}

    /**
     * @param topic name of the samples topic
     * @param partitions number of partitions of the samples topic when the job starts
     * @param registry specifications to start with
     * @param cacheBytes size of the model cache in front of a state backend that stores bytes
     * @param connections to other parts of the job
     */
    public LearnOperator(
            String topic, int partitions, SpecRegistry registry, long cacheBytes, Connections connections) {
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
        List<ModelSpec> specs = registry.initialize(context);
        // Buffered samples' specifications first: they are older than the newest ones.
        for (ModelSpec spec : buffered.specs()) {
            learners.apply(spec, registry.warmStart(spec), registry.earlier(spec.name()));
        }
        for (ModelSpec spec : specs) {
            learners.apply(spec, registry.warmStart(spec), registry.earlier(spec.name()));
        }
        learners.activateAll();
        replicas = new ReplicaGroups(getKeyedStateBackend(), context.getKeyedStateStore(), run(context));
        for (ModelSpec spec : specs) {
            startReplicas(spec.name());
        }
        strict = new StrictOrder(
                getKeyedStateBackend(),
                context.getKeyedStateStore(),
                partitions,
                () -> getProcessingTimeService().getCurrentProcessingTime(),
                demand -> connections.source().report(getContainingTask().getEnvironment(), demand));
        ids = new KeyedSampleIds(getKeyedStateBackend(), context.getKeyedStateStore());
    }

    private ReplicaGroups.Run run(StateInitializationContext context) {
        String job = getRuntimeContext().getJobInfo().getJobId().toString();
        TaskInfo task = getRuntimeContext().getTaskInfo();
        String attempt = job + "-" + task.getAttemptNumber();
        int keyGroups = task.getMaxNumberOfParallelSubtasks();
        KeyGroupRange range = KeyGroupRangeAssignment.computeKeyGroupRangeForOperatorIndex(
                keyGroups, task.getNumberOfParallelSubtasks(), task.getIndexOfThisSubtask());
        OptionalLong restored = context.getRestoredCheckpointId();
        return new ReplicaGroups.Run(
                restored.isPresent() ? job + "-r" + restored.getAsLong() : attempt,
                attempt,
                partitions,
                modelKey -> range.contains(KeyGroupRangeAssignment.assignToKeyGroup(modelKey, keyGroups)),
                () -> getProcessingTimeService().getCurrentProcessingTime());
    }

    private void startReplicas(String model) throws Exception {
        Learner learner = learners.newest(model);
        String misfit = learner == null ? null : replicas.start(learner);
        if (learner != null && misfit != null) {
            learners.fail(learner, ModelFailure.because(misfit));
        }
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
        snapshots = new PublishSchedule(
                records, metrics, out, () -> getProcessingTimeService().getCurrentProcessingTime());
        current = new CurrentModel(states, snapshots, records, out);
        trainer = new ModelTrainer(current, ids, new ModelTrainer.Outputs(records, snapshots, out), metrics, backlog);
        quarantine = new Quarantine(learners, records, out, metrics);
        PublishTimers publishTimers = new PublishTimers(current, learners, snapshots, quarantine, metrics);
        publishTimers.open(getInternalTimerService("publish", VoidNamespaceSerializer.INSTANCE, publishTimers));
        ExpiryTimers expiryTimers = new ExpiryTimers(current, learners, buffered, trainer);
        expiryTimers.open(getInternalTimerService("forget", VoidNamespaceSerializer.INSTANCE, expiryTimers));
        learning = new SampleLearner(
                current,
                learners,
                trainer,
                new SampleLearner.Timers(publishTimers, expiryTimers),
                quarantine,
                duplicates);
        replicaLearning = new ReplicaLearning(
                replicas, learners, current, trainer, publishTimers, quarantine, this::setCurrentKey);
        inTurn = new InTurn(learning, replicaLearning);
        mailbox = getContainingTask()
                .getMailboxExecutorFactory()
                .createExecutor(getOperatorConfig().getChainIndex());
        replicas.open(
                connections.rounds(),
                new MailboxListener(mailbox, this::receiveRounds),
                record -> out.send(OutputRecord.ROUNDS, record));
        strict.reportDemand();
        getProcessingTimeService().registerTimer(0, time -> quarantine.announceAll());
        reportFailuresLater();
        if (!buffered.isEmpty() || strict.isRestored()) {
            // Records cannot be sent from open, so a timer learns the restored samples.
            getProcessingTimeService().registerTimer(0, time -> learnBuffered());
        }
    }

    private void reportFailuresLater() {
        long now = getProcessingTimeService().getCurrentProcessingTime();
        getProcessingTimeService().registerTimer(now + Quarantine.REPORT_MILLIS, time -> {
            quarantine.reportAll();
            reportFailuresLater();
        });
    }

    /** Receives records of the rounds topic, and learns the samples that waited for them. */
    private void receiveRounds(List<RoundsLog.Entry> records) throws Exception {
        learnRestored();
        for (RoundsLog.Entry record : records) {
            replicas.receive(record, replicaLearning);
        }
        strict.learnDue(learners, inTurn);
    }

    /** Does nothing, since changes have no key; {@link #receive} sets the key of a sample. */
    @Override
    @SuppressWarnings("rawtypes") // Flink's signature.
    public void setKeyContextElement1(StreamRecord element) {}

    @Override
    public void processElement(StreamRecord<LearnInput> element) throws Exception {
        learnRestored();
        if (element.getValue() instanceof KeyedSample keyed) {
            receive(keyed);
        } else {
            apply((SpecChange) element.getValue());
        }
    }

    private void receive(KeyedSample keyed) throws Exception {
        setCurrentKey(keyed.modelKey());
        Learner learner = learners.active(keyed.spec());
        if (learner != null) {
            order(learner, keyed);
        } else if (!reject(keyed) && !learners.isDeleted(keyed.spec())) {
            buffered.add(keyed, learners.spec(keyed.spec()));
        }
    }

    /** Rejects a sample of a failed model; returns whether it was one. */
    private boolean reject(KeyedSample keyed) {
        ModelFailure failure = learners.failure(keyed.spec());
        ModelSpec spec = learners.spec(keyed.spec());
        if (failure == null || spec == null) {
            return false;
        }
        quarantine.reject(spec, failure, keyed.sample());
        return true;
    }

    /** Learns a sample, or buffers it until its partition's turn. */
    private void order(Learner learner, KeyedSample keyed) throws Exception {
        if (learner.spec().order().strict()) {
            strict.receive(learner, keyed, inTurn);
        } else {
            learning.learn(learner, keyed);
        }
    }

    /** Learns restored samples, which precede all others. */
    private void learnRestored() throws Exception {
        if (buffered.isRestored() || strict.isRestored()) {
            learnBuffered();
        }
    }

    /** Learns, in order, the buffered samples that no longer have to wait. */
    private void learnBuffered() throws Exception {
        strict.learnDue(learners, inTurn);
        for (String modelKey : buffered.modelKeys()) {
            setCurrentKey(modelKey);
            List<KeyedSample> remaining = new ArrayList<>();
            for (KeyedSample keyed : buffered.samples()) {
                Learner learner = remaining.isEmpty() ? learners.active(keyed.spec()) : null;
                if (learner != null) {
                    order(learner, keyed);
                } else if ((!remaining.isEmpty() || !reject(keyed)) && !learners.isDeleted(keyed.spec())) {
                    remaining.add(keyed);
                }
            }
            buffered.replace(modelKey, remaining);
        }
    }

    private void apply(SpecChange change) throws Exception {
        if (!registry.apply(change)) {
            return;
        }
        if (change.isDeletion()) {
            quarantine.withdraw(change.name());
            if (learners.delete(change.name())) {
                delete(change.name());
            }
        } else {
            ModelSpec spec = change.spec();
            learners.apply(spec, registry.warmStart(spec), registry.earlier(spec.name()));
            startReplicas(spec.name());
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
        for (String modelKey : snapshots.takeDueAtBarrier()) {
            setCurrentKey(modelKey);
            ModelState state = current.read(modelKey);
            Learner learner = state == null ? null : learners.of(ModelKey.model(modelKey), state);
            if (state != null && learner != null) {
                quarantine.attempt(learner, () -> snapshots.publish(learner, modelKey, state));
            }
        }
    }

    @Override
    public void snapshotState(StateSnapshotContext context) throws Exception {
        super.snapshotState(context);
        states.flush();
        replicas.checkpoint();
        strict.checkpoint(learners, context.getCheckpointId());
        learners.checkpointed(context.getCheckpointId());
    }

    @Override
    public void notifyCheckpointComplete(long checkpointId) throws Exception {
        super.notifyCheckpointComplete(checkpointId);
        boolean changed = learners.completed(checkpointId);
        if (strict.completed(checkpointId) || changed) {
            learnBuffered();
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
        learnBuffered();
        while (!finishTurns()) {
            mailbox.yield();
        }
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

    /** Learns what can be learned without further records of the rounds topic; returns whether that was all. */
    private boolean finishTurns() throws Exception {
        boolean learned = strict.finish(learners, inTurn);
        return replicaLearning.finish(strict::isWaiting) && learned;
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
