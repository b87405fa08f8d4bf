package io.freshet.job.learn;

import io.freshet.job.publish.OutRecord;
import org.apache.flink.util.OutputTag;

/** Where the learner's records leave it. */
interface Outlet {
    /** Sends a snapshot, a block or a tombstone. */
    void send(OutRecord record);

    /** Sends anything else. */
    void send(OutputTag<OutRecord> tag, OutRecord record);
}
