package io.freshet.job.publish;

import io.freshet.job.record.OutputRecord;
import io.freshet.learning.learner.Learner;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Publishes each specification to the history topic when it is first used, since a lineage may name a specification that no
 * snapshot contains. Other subtasks and restarted jobs publish the same record again under the same key.
 */
public final class PublishedSpecs {
    private final RecordFactory records;
    private final LearnOutput out;
    private final Set<String> hashes = new HashSet<>();
    private @Nullable Learner last;

    public PublishedSpecs(RecordFactory records, LearnOutput out) {
        this.records = records;
        this.out = out;
    }

    /** Publishes a learner's specification before its first sample. */
    public void use(Learner learner) {
        if (learner == last) {
            return;
        }
        last = learner;
        if (hashes.add(learner.hash())) {
            out.send(OutputRecord.HISTORY, records.specification(learner));
        }
    }
}
