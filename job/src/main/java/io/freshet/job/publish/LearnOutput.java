package io.freshet.job.publish;

import io.freshet.job.record.OutputRecord;
import org.apache.flink.util.OutputTag;

/** Where the learner's records leave it. */
public interface LearnOutput {
    /** Sends a snapshot, a block or a tombstone. */
    void send(OutputRecord record);

    /** Sends anything else. */
    void send(OutputTag<OutputRecord> tag, OutputRecord record);
}
