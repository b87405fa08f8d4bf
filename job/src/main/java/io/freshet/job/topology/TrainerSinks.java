package io.freshet.job.topology;

import io.freshet.job.observe.HeartbeatSink;
import io.freshet.job.publish.ExportFunction;
import io.freshet.job.record.OutputRecord;
import org.apache.flink.api.connector.sink2.Sink;
import org.jspecify.annotations.Nullable;

/**
 * The trainer's outputs.
 *
 * @param parameters snapshots of the eager lane, with their blocks and tombstones
 * @param committed snapshots of the committed lane, with their blocks and tombstones
 * @param history lineage of each snapshot, and specifications
 * @param metrics evaluations and heartbeats
 * @param deadLetters rejected records and samples
 * @param exports copies of history and metrics, sent by the same sinks; null for none
 */
public record TrainerSinks(
        Sink<OutputRecord> parameters,
        Sink<OutputRecord> committed,
        Sink<OutputRecord> history,
        Metrics metrics,
        Sink<OutputRecord> deadLetters,
        @Nullable Exports exports) {
    /**
     * The metrics topic.
     *
     * @param heartbeats null for none
     */
    public record Metrics(
            Sink<OutputRecord> evaluations, @Nullable HeartbeatSink heartbeats) {}

    /** The functions that add copies to the records of two sinks. */
    public record Exports(ExportFunction history, ExportFunction metrics) {}

    /** Creates outputs without heartbeats and copies. */
    public TrainerSinks(
            Sink<OutputRecord> parameters,
            Sink<OutputRecord> committed,
            Sink<OutputRecord> history,
            Sink<OutputRecord> metrics,
            Sink<OutputRecord> deadLetters) {
        this(parameters, committed, history, new Metrics(metrics, null), deadLetters, null);
    }
}
