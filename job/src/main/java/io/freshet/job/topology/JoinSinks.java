package io.freshet.job.topology;

import io.freshet.job.record.OutputRecord;
import org.apache.flink.api.connector.sink2.Sink;

/**
 * The join's outputs.
 *
 * @param samples each sample once
 * @param unjoined records that became part of no sample
 * @param metrics reports of joins
 * @param deadLetters rejected records
 */
public record JoinSinks(
        Sink<OutputRecord> samples,
        Sink<OutputRecord> unjoined,
        Sink<OutputRecord> metrics,
        Sink<OutputRecord> deadLetters) {}
