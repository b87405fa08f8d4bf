package io.freshet.job.learn;

import io.freshet.job.publish.OutRecord;
import io.freshet.learning.learner.Learner;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Sends each specification to the history when it is first learned by: a lineage may name one of which no snapshot ever
 * went out. Subtasks and restarts send it again, the same under the same key.
 */
final class ToldSpecs {
    private final Publication publication;
    private final Outlet out;
    private final Set<String> hashes = new HashSet<>();
    private @Nullable Learner last;

    ToldSpecs(Publication publication, Outlet out) {
        this.publication = publication;
        this.out = out;
    }

    /** Says that a sample is about to be learned by a specification. */
    void use(Learner learner) {
        if (learner == last) {
            return;
        }
        last = learner;
        if (hashes.add(learner.hash())) {
            out.send(OutRecord.HISTORY, publication.specification(learner));
        }
    }
}
