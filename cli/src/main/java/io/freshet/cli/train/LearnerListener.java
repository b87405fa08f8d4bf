package io.freshet.cli.train;

import io.freshet.schemas.facts.Evaluation;
import io.freshet.schemas.snapshot.PublishedSnapshot;

/** Receives what models report while they learn. */
public interface LearnerListener {
    /** Receives the evaluation of a window, or of the end. */
    void evaluated(Evaluation evaluation);

    /** Receives a sample that a model rejected, for its gradient. */
    default void rejected(String model, int partition, long offset, String reason) {}

    /** Receives the final snapshot of a model key. */
    default void published(PublishedSnapshot last) {}
}
