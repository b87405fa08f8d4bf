package io.freshet.job.publish;

import io.freshet.job.record.OutputRecord;
import org.apache.flink.util.OutputTag;

/** The outputs of the learner. */
public interface LearnOutput {
    /** Sends a record of the eager lane: a snapshot, a block, or a tombstone. */
    void send(OutputRecord record);

    /** Sends a record to a side output. */
    void send(OutputTag<OutputRecord> tag, OutputRecord record);
}
