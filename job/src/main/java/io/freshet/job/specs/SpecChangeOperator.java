package io.freshet.job.specs;

import io.freshet.job.record.SourceRecord;
import io.freshet.job.record.TrainerInput;
import java.util.Arrays;
import org.apache.flink.api.common.operators.MailboxExecutor;
import org.apache.flink.runtime.operators.coordination.OperatorEvent;
import org.apache.flink.runtime.operators.coordination.OperatorEventGateway;
import org.apache.flink.runtime.operators.coordination.OperatorEventHandler;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.BoundedOneInput;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.operators.StreamOperatorParameters;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.runtime.tasks.mailbox.TaskMailbox;

/**
 * Forwards the records of its source, and inserts the changes that the {@link SpecChangeCoordinator} sends. It does not open
 * before it has received those that the log already has: a model deleted since the checkpoint learns no more samples.
 *
 * <p>Once a second, it reports to the coordinator how far its source has read, and which changes are in effect, for the heartbeats.
 */
@SuppressWarnings("NullAway.Init") // Flink calls initializeState before anything else.
final class SpecChangeOperator extends AbstractStreamOperator<TrainerInput>
        implements OneInputStreamOperator<SourceRecord, TrainerInput>, BoundedOneInput, OperatorEventHandler {
    private static final long serialVersionUID = 1;
    private static final long REPORT_MILLIS = 1_000;

    private final String topic;
    private final long start;
    private final transient OperatorEventGateway coordinator;
    /** Runs the events of the coordinator. */
    private final transient MailboxExecutor mailbox;

    private transient SpecPosition stored;
    private transient SpecPositionEvent restored;
    private transient long position;
    /** The position at the last checkpoint, with which the decoder switches to changed specifications. */
    private transient long inEffect;

    private transient boolean caughtUp;
    private transient boolean ended;
    /** The offset after the newest record of each partition; 0 before the first. */
    private transient long[] read;

    SpecChangeOperator(
            StreamOperatorParameters<TrainerInput> parameters,
            String topic,
            long start,
            OperatorEventGateway coordinator) {
        super(parameters);
        this.topic = topic;
        this.start = start;
        this.coordinator = coordinator;
        // Events have the lowest priority. An operator's own executor would never run them.
        mailbox = parameters.getContainingTask().getMailboxExecutorFactory().createExecutor(TaskMailbox.MIN_PRIORITY);
    }

    @Override
    public void initializeState(StateInitializationContext context) throws Exception {
        super.initializeState(context);
        stored = new SpecPosition(context.getOperatorStateStore(), topic);
        restored = context.isRestored() ? stored.read() : new SpecPositionEvent(start, false);
        position = restored.position();
        inEffect = position;
        read = new long[0];
    }

    @Override
    public void open() throws Exception {
        super.open();
        coordinator.sendEventToCoordinator(restored);
        // The source opens after this operator, and no checkpoint starts before all operators are open.
        while (!caughtUp) {
            mailbox.yield();
        }
        reportRead();
    }

    private void reportRead() {
        if (ended) {
            return;
        }
        coordinator.sendEventToCoordinator(new ReadOffsetsEvent(read.clone(), inEffect));
        long now = getProcessingTimeService().getCurrentProcessingTime();
        getProcessingTimeService().registerTimer(now + REPORT_MILLIS, time -> reportRead());
    }

    @Override
    @SuppressWarnings("unchecked") // A stream of records is a stream of inputs.
    public void processElement(StreamRecord<SourceRecord> element) {
        SourceRecord record = element.getValue();
        if (record.partition() >= read.length) {
            read = Arrays.copyOf(read, record.partition() + 1);
        }
        read[record.partition()] = record.offset() + 1;
        output.collect((StreamRecord<TrainerInput>) (StreamRecord<?>) element);
    }

    @Override
    public void handleOperatorEvent(OperatorEvent event) {
        if (event instanceof SpecChangeEvent change) {
            insert(change.entry());
        } else {
            caughtUp = true;
        }
    }

    private void insert(SpecChangeLog.Entry entry) {
        // After the end of the input, Flink sends no more records to other tasks.
        if (!ended) {
            output.collect(new StreamRecord<>(entry.change()));
            position = entry.next();
        }
    }

    @Override
    public void endInput() {
        ended = true;
    }

    @Override
    public void snapshotState(StateSnapshotContext context) throws Exception {
        super.snapshotState(context);
        stored.write(position, ended);
        inEffect = position;
    }
}
