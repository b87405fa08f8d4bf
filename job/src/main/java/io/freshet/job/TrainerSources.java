package io.freshet.job;

import io.freshet.job.decode.SpecRegistry;
import io.freshet.job.source.SourceRecord;
import io.freshet.job.source.SpecChange;
import io.freshet.schemas.input.RecordFormat;
import org.apache.flink.api.connector.source.Source;

/**
 * Where the trainer's records come from.
 *
 * @param topic name of the samples topic, for lineage
 * @param partitions that it has, which take turns where a model's order is strict
 * @param samples records to learn from; those of one model and key must come from one partition
 * @param specs changes of specifications
 * @param registry specifications to start with
 * @param format of the records to learn from
 * @param cacheBytes of models kept at hand in each task, where the state backend would have to read each anew
 */
public record TrainerSources(
        String topic,
        int partitions,
        Source<SourceRecord, ?, ?> samples,
        Source<SpecChange, ?, ?> specs,
        SpecRegistry registry,
        RecordFormat format,
        long cacheBytes) {
    public static final long DEFAULT_CACHE_BYTES = 256L << 20;
}
