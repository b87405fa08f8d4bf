package io.freshet.job;

import io.freshet.job.record.OutputRecord;
import org.apache.flink.api.connector.sink2.Sink;

/**
 * Where the trainer's records go.
 *
 * @param parameters snapshots that are seen at once, their blocks, and tombstones
 * @param committed snapshots that are seen once they are durable, their blocks, and tombstones
 * @param history what each snapshot learned from
 * @param metrics evaluations
 * @param deadLetters what could not be learned
 */
public record TrainerSinks(
        Sink<OutputRecord> parameters,
        Sink<OutputRecord> committed,
        Sink<OutputRecord> history,
        Sink<OutputRecord> metrics,
        Sink<OutputRecord> deadLetters) {}
