package io.freshet.job.topology;

import io.freshet.job.record.OutputRecord;
import org.apache.flink.api.connector.sink2.Sink;

/**
 * The trainer's outputs.
 *
 * @param parameters snapshots of the eager lane, with their blocks and tombstones
 * @param committed snapshots of the committed lane, with their blocks and tombstones
 * @param history lineage of each snapshot, and specifications
 * @param metrics evaluations
 * @param deadLetters rejected records and samples
 */
public record TrainerSinks(
        Sink<OutputRecord> parameters,
        Sink<OutputRecord> committed,
        Sink<OutputRecord> history,
        Sink<OutputRecord> metrics,
        Sink<OutputRecord> deadLetters) {}
