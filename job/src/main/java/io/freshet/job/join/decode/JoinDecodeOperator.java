package io.freshet.job.join.decode;

import io.freshet.job.join.JoinInput;
import org.apache.flink.streaming.api.operators.co.CoProcessOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.runtime.watermarkstatus.WatermarkStatus;

/**
 * Runs {@link JoinDecodeFunction}. One of several tasks tells each join how far its source task is, and whether that one is
 * silent.
 */
public final class JoinDecodeOperator extends CoProcessOperator<JoinRecord, JoinInput, JoinInput> {
    private static final long serialVersionUID = 1;
    private static final int RECORDS = 0;

    private long watermark = JoinRecord.NO_TIME;
    private boolean silent;

    public JoinDecodeOperator(JoinDecodeFunction function) {
        super(function);
    }

    @Override
    public void processWatermark1(Watermark mark) throws Exception {
        watermark = mark.getTimestamp();
        tell();
        super.processWatermark1(mark);
    }

    @Override
    protected void processWatermarkStatus(WatermarkStatus status, int input) throws Exception {
        if (input == RECORDS) {
            silent = status.isIdle();
            tell();
        }
        super.processWatermarkStatus(status, input);
    }

    private void tell() {
        int tasks = getRuntimeContext().getTaskInfo().getNumberOfParallelSubtasks();
        if (tasks > 1) {
            int task = getRuntimeContext().getTaskInfo().getIndexOfThisSubtask();
            output.collect(
                    JoinDecodeFunction.CHANGES, new StreamRecord<>(new JoinInput.Reached(task, watermark, silent)));
        }
    }
}
