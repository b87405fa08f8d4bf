package io.freshet.job.publish;

import io.freshet.job.record.OutputRecord;
import io.freshet.learning.learner.Learner;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Sends each specification to the history when it is first learned by: a lineage may name one of which no snapshot ever
 * went out. Subtasks and restarts send it again, the same under the same key.
 */
public final class PublishedSpecs {
    private final RecordFactory publication;
    private final LearnOutput out;
    private final Set<String> hashes = new HashSet<>();
    private @Nullable Learner last;

    public PublishedSpecs(RecordFactory publication, LearnOutput out) {
        this.publication = publication;
        this.out = out;
    }

    /** Says that a sample is about to be learned by a specification. */
    public void use(Learner learner) {
        if (learner == last) {
            return;
        }
        last = learner;
        if (hashes.add(learner.hash())) {
            out.send(OutputRecord.HISTORY, publication.specification(learner));
        }
    }
}
