package io.freshet.job;

import io.freshet.job.decode.SpecRegistry;
import io.freshet.job.observe.EndOffsets;
import io.freshet.job.record.SourceRecord;
import io.freshet.job.record.SpecChange;
import io.freshet.schemas.format.RecordFormat;
import org.apache.flink.api.connector.source.Source;
import org.jspecify.annotations.Nullable;

/**
 * Where the trainer's records come from.
 *
 * @param topic name of the samples topic, for lineage
 * @param partitions that it has, which take turns where a model's order is strict
 * @param samples records to learn from; those of one model and key must come from one partition
 * @param specs changes of specifications
 * @param registry specifications to start with
 * @param format of the records to learn from
 * @param ends of the samples topic, or null if it is not to be said how far behind them the learning is
 * @param cacheBytes of models kept at hand in each task, where the state backend would have to read each anew
 */
public record TrainerSources(
        String topic,
        int partitions,
        Source<SourceRecord, ?, ?> samples,
        Source<SpecChange, ?, ?> specs,
        SpecRegistry registry,
        RecordFormat format,
        @Nullable EndOffsets ends,
        long cacheBytes) {
    public static final long DEFAULT_CACHE_BYTES = 256L << 20;

    /** Returns the same with so many bytes of models kept at hand. */
    public TrainerSources withCacheBytes(long bytes) {
        return new TrainerSources(topic, partitions, samples, specs, registry, format, ends, bytes);
    }

    /** Returns the same with samples from elsewhere. */
    public TrainerSources withSamples(Source<SourceRecord, ?, ?> others) {
        return new TrainerSources(topic, partitions, others, specs, registry, format, ends, cacheBytes);
    }
}
