package io.freshet.job;

import io.freshet.job.publish.OutRecord;
import org.apache.flink.api.connector.sink2.Sink;

/**
 * Where the trainer's records go.
 *
 * @param parameters snapshots, their blocks, and tombstones
 * @param metrics evaluations
 * @param deadLetters what could not be learned
 */
public record TrainerSinks(Sink<OutRecord> parameters, Sink<OutRecord> metrics, Sink<OutRecord> deadLetters) {}
