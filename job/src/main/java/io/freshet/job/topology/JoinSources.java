package io.freshet.job.topology;

import io.freshet.job.join.JoinInput;
import io.freshet.job.join.JoinTopics;
import io.freshet.job.join.decode.JoinRecord;
import io.freshet.job.join.decode.JoinTiming;
import io.freshet.job.join.decode.RequestFormat;
import io.freshet.job.specs.SpecRegistry;
import org.apache.flink.api.connector.source.Source;

/**
 * The join's inputs.
 *
 * @param topics of requests and outcomes, for headers
 * @param records of both topics; emits the watermarks
 * @param requests format of the requests
 * @param timing of records
 * @param specs specifications, and their changes
 */
public record JoinSources(
        JoinTopics topics, Source<JoinRecord, ?, ?> records, RequestFormat requests, JoinTiming timing, Specs specs) {
    /**
     * The models topic.
     *
     * @param initial specifications to start with
     * @param changes of specifications since then
     */
    public record Specs(SpecRegistry initial, Source<JoinInput, ?, ?> changes) {}
}
