package io.freshet.cli.lineage;

import io.freshet.job.decode.ModelSampleDecoder;
import io.freshet.job.record.KeyedSample;
import io.freshet.job.record.SourceRecord;
import io.freshet.job.state.Deduplicator;
import io.freshet.learning.learner.Learner;
import io.freshet.learning.learner.LearnerState;
import io.freshet.learning.learner.WarmStart;
import io.freshet.learning.lineage.Lineage;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.learning.spec.WarmStartReference;
import io.freshet.schemas.format.RecordFormat;
import io.freshet.schemas.history.HistoryEntry;
import io.freshet.schemas.topic.ParameterKey;
import java.util.List;
import java.util.Map;

/**
 * Learns again, from the records of the samples topic in their order, what a snapshot had learned: each sample by the
 * specification that its lineage names, duplicates left out, up to as many as had come when it was made. A lineage begins
 * anew where a model is forgotten or starts anew, with no ids seen: so its own samples are all that there is to know.
 *
 * <p>A snapshot may lie between two batches, or behind samples that were held out or refused; so what came is counted, not
 * what was learned. If all of it came and fewer samples are learned than the version says, the input had ended there, and
 * the batch that was not full is learned.
 */
final class Replay {
    private final HistoryEntry target;
    private final String address;
    private final List<Lineage.Change> changes;
    private final List<Learner> learners;
    private final ModelSampleDecoder samples;
    private final LearnerState state;
    private final Deduplicator<RuntimeException> seen = Deduplicator.inMemory();
    /** Index of the specification in use. */
    private int current;

    /**
     * @param specs of the changes of the target's lineage, or its own if that has none
     * @param bases what they start from, by checksum
     */
    Replay(HistoryEntry target, List<ModelSpec> specs, Map<String, WarmStart> bases, RecordFormat format) {
        this.target = target;
        address = ParameterKey.snapshot(target.spec().name(), target.key()).address();
        changes = target.lineage().changes();
        learners = specs.stream().map(spec -> learner(spec, bases)).toList();
        samples = new ModelSampleDecoder(format, specs);
        state = learners.get(0).start();
    }

    private static Learner learner(ModelSpec spec, Map<String, WarmStart> bases) {
        WarmStartReference warmStart = spec.stream().warmStart();
        return new Learner(spec, warmStart == null ? null : bases.get(warmStart.checksum()));
    }

    /** Whether all that had come to the snapshot came. */
    boolean isComplete() {
        long position = target.lineage().position();
        return position < 0
                ? state.samples() >= target.version()
                : state.lineage().position() >= position;
    }

    /** Returns how many samples came. */
    long position() {
        return state.lineage().position();
    }

    /** Returns the partition that the next sample came from. */
    int partition() {
        Lineage lineage = target.lineage();
        return lineage.partitions().length == 1
                ? lineage.partitions()[0]
                : lineage.order().partition(position());
    }

    /** Takes the next record of {@link #partition}; one behind the snapshot, or for another model or key, changes nothing. */
    void take(SourceRecord record) {
        if (isComplete()) {
            return;
        }
        while (current + 1 < changes.size() && changes.get(current + 1).position() <= position()) {
            current++;
        }
        KeyedSample keyed = samples.encode(record, current);
        if (keyed == null || !keyed.modelKey().equals(address)) {
            return;
        }
        Learner learner = learners.get(current);
        if (learner.isToRebase(state)) {
            learner.rebase(state, target.key());
        }
        long window = learner.spec().stream().deduplicateMillis();
        if (window == 0) {
            seen.clear();
        }
        if (seen.isDuplicate(keyed, window)) {
            learner.leaveOut(state, keyed.sample());
            return;
        }
        learner.learn(state, keyed.sample());
        if (state.window().samples() >= learner.spec().window()) {
            learner.nextWindow(state);
        }
    }

    /** Returns the parameters, once all came. */
    float[] parameters() {
        if (state.samples() < target.version()) {
            Learner learner = learners.get(current);
            learner.finish(state, () -> learner.nextWindow(state));
        }
        return state.weights().parameters();
    }
}
