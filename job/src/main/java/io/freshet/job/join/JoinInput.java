package io.freshet.job.join;

import io.freshet.job.record.SourceRecord;
import io.freshet.job.record.SpecChange;
import io.freshet.learning.join.JoinOutcome;
import io.freshet.learning.join.JoinRequest;
import io.freshet.learning.join.JoinState;
import org.jspecify.annotations.Nullable;

/** An input of the join. Crosses edges of the job graph, and is never part of a checkpoint. */
public sealed interface JoinInput {
    /** An input that concerns one id. */
    sealed interface Keyed extends JoinInput {
        /** Returns {@code model/id}. */
        String modelKey();

        /** Returns the incarnation of the model by whose specification the record was read. */
        default long incarnation() {
            return JoinState.NO_INCARNATION;
        }

        /** Returns the record as it was read; null if it is a dead letter already. */
        default @Nullable SourceRecord record() {
            return null;
        }
    }

    /**
     * A request of one model.
     *
     * @param request its content is a {@link RequestContent}
     * @param record as it was read, should it be too late
     */
    record Requested(String modelKey, JoinRequest request, long incarnation, SourceRecord record) implements Keyed {}

    /**
     * An outcome for one model.
     *
     * @param outcome without content
     * @param record as it was read, should it not be joined
     */
    record Observed(String modelKey, JoinOutcome outcome, long incarnation, SourceRecord record) implements Keyed {}

    /**
     * A record that became a dead letter for one model.
     *
     * @param modelKey of no id
     */
    record Rejected(String modelKey) implements Keyed {}

    /**
     * A change of a specification that was accepted, which every subtask receives from each decoder.
     *
     * @param offset in the models topic, by which repetitions are found
     */
    record Changed(long offset, SpecChange change) implements JoinInput {}
}
