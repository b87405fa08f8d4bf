package io.freshet.job.topology;

import io.freshet.job.learn.LearnerResources;
import io.freshet.job.observe.EndOffsets;
import io.freshet.job.record.SourceRecord;
import io.freshet.job.replica.RoundsLog;
import io.freshet.job.specs.SpecChangeLog;
import io.freshet.job.specs.SpecRegistry;
import io.freshet.schemas.sample.RecordFormat;
import org.apache.flink.api.connector.source.Source;
import org.jspecify.annotations.Nullable;

/**
 * The trainer's inputs.
 *
 * @param samples to learn from
 * @param specs specifications to train with
 * @param rounds by which replicas and their reducers reach each other
 * @param resources of each learner
 */
public record TrainerSources(Samples samples, Specs specs, RoundsLog rounds, LearnerResources resources) {
    /** Without a rounds topic, for models without replicas. */
    public TrainerSources(Samples samples, Specs specs, LearnerResources resources) {
        this(samples, specs, RoundsLog.NONE, resources);
    }

    /**
     * The samples topic. All records of one model key must come from one partition.
     *
     * @param topic name, for lineage and dead letters
     * @param topicId Kafka's id of the topic, for dead letters; null if unknown
     * @param partitions number of partitions, which take turns under {@code order: strict}
     * @param format of the records
     * @param source of the records
     * @param ends end offsets of the topic, or null to report no backlog
     */
    public record Samples(
            String topic,
            @Nullable String topicId,
            int partitions,
            RecordFormat format,
            Source<SourceRecord, ?, ?> source,
            @Nullable EndOffsets ends) {}

    /**
     * The models topic.
     *
     * @param topic name
     * @param initial specifications to start with
     * @param changes of specifications since then
     */
    public record Specs(String topic, SpecRegistry initial, SpecChangeLog changes) {}

    /** Returns the same sources with learners that may use {@code other} resources. */
    public TrainerSources withResources(LearnerResources other) {
        return new TrainerSources(samples, specs, rounds, other);
    }

    /** Returns the same sources with samples from {@code source}. */
    public TrainerSources withSamples(Source<SourceRecord, ?, ?> source) {
        Samples replaced = new Samples(
                samples.topic(), samples.topicId(), samples.partitions(), samples.format(), source, samples.ends());
        return new TrainerSources(replaced, specs, rounds, resources);
    }
}
