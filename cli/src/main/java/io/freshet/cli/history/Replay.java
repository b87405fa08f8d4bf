package io.freshet.cli.history;

import io.freshet.job.decode.SampleFactory;
import io.freshet.job.record.KeyedSample;
import io.freshet.job.record.SourceRecord;
import io.freshet.learning.features.Lineage;
import io.freshet.learning.learner.Learner;
import io.freshet.learning.predict.Snapshot;
import io.freshet.learning.predict.WarmStart;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.learning.spec.WarmStartReference;
import io.freshet.learning.stream.Deduplicator;
import io.freshet.learning.stream.InMemoryKey;
import io.freshet.learning.stream.StreamLearner;
import io.freshet.learning.stream.StreamListener;
import io.freshet.schemas.kafka.ParameterKey;
import io.freshet.schemas.sample.RecordFormat;
import io.freshet.schemas.snapshot.HistoryEntry;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Learns the samples of a snapshot again, from the records of the samples topic in the recorded order. {@link
 * StreamLearner} applies each one, as in the job, with the specification that the lineage names.
 *
 * <p>A lineage covers one incarnation: it starts with the first sample after an expiry or a reset, with no ids
 * received. So nothing expires in a replay, and the incarnation's own samples determine the parameters.
 *
 * <p>A snapshot may lie between two batches, or after samples that were held out or rejected. So the replay counts
 * samples received, not learned. If all were received but fewer were learned than the version counts, the input ended
 * there, and the pending batch is learned.
 */
final class Replay {
    /** A record that no specification learned: it precedes the first sample of the next one. */
    static final int NONE = -1;

    private final HistoryEntry target;
    private final String modelKey;
    private final List<Lineage.Change> changes;
    private final List<Learner> learners;
    private final SampleFactory samples;
    private final StreamLearner<RuntimeException> stream =
            new StreamLearner<>(Deduplicator.inMemory(), StreamListener.NONE);
    private final InMemoryKey state;
    /** Index of the active specification. */
    private int current;

    /**
     * @param specs of the changes of the target's lineage, or its own if the lineage has none
     * @param warmStarts by checksum
     */
    Replay(HistoryEntry target, List<ModelSpec> specs, Map<String, WarmStart> warmStarts, RecordFormat format) {
        this.target = target;
        modelKey = ParameterKey.snapshot(target.spec().name(), target.key()).modelKey();
        changes = target.lineage().changes();
        // As in the job, states continue from earlier specifications only.
        learners = IntStream.range(0, specs.size())
                .mapToObj(i -> learner(specs.get(i), warmStarts, specs.subList(0, i)))
                .toList();
        samples = new SampleFactory(format, specs);
        Learner first = learners.get(0);
        state = new InMemoryKey(target.key(), first, first.start());
    }

    static Learner learner(ModelSpec spec, Map<String, WarmStart> warmStarts, List<ModelSpec> specs) {
        WarmStartReference warmStart = spec.stream().warmStart();
        return new Learner(spec, warmStart == null ? null : warmStarts.get(warmStart.checksum()), specs);
    }

    /** Returns whether all samples of the snapshot were received. */
    boolean isComplete() {
        return position() >= target.lineage().position();
    }

    /** Returns the count of samples received. */
    long position() {
        return lineage().position();
    }

    /** Returns the lineage of the samples received so far. */
    Lineage lineage() {
        return state.learner().lineage();
    }

    /** Returns the partition of the next sample. */
    int partition() {
        Lineage lineage = target.lineage();
        return lineage.partitions().length == 1
                ? lineage.partitions()[0]
                : lineage.order().partition(position());
    }

    /**
     * Learns the next record of {@link #partition}; ignores records after the snapshot and those of other model keys.
     */
    void receive(SourceRecord record) {
        int spec = spec(record.partition(), record.offset());
        KeyedSample keyed = spec == NONE ? null : samples.encode(record, spec);
        if (keyed != null) {
            receive(keyed);
        }
    }

    /**
     * Returns the index of the specification to encode a record with, or {@link #NONE}. Once all samples of a specification were
     * received, the next one takes effect at the recorded first sample. A record in between may be a sample of either.
     */
    private int spec(int partition, long offset) {
        Lineage.Change next = due();
        return next != null && (next.partition() != partition || next.offset() != offset) ? NONE : spec();
    }

    /** Returns the index of the specification that learns the next sample, or {@link #NONE}. */
    int spec() {
        if (isComplete()) {
            return NONE;
        }
        while (due() != null) {
            current++;
        }
        return current;
    }

    /** Returns the next change if all samples before it were received. */
    private Lineage.@Nullable Change due() {
        return current + 1 < changes.size() && changes.get(current + 1).position() <= position()
                ? changes.get(current + 1)
                : null;
    }

    /** Learns the next sample, unless it is of another model key. */
    void receive(KeyedSample keyed) {
        if (keyed.modelKey().equals(modelKey)) {
            stream.receive(learners.get(current), state, keyed.sample(), keyed.id());
        }
    }

    /** Returns the snapshot of a complete replay. */
    Snapshot snapshot() {
        Learner learner = learners.get(current);
        if (state.learner().samples() < target.version()) {
            stream.finish(learner, state.learner());
        }
        return learner.snapshot(state.learner(), target.key());
    }
}
