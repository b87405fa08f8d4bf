package io.freshet.cli.kafka;

import io.freshet.schemas.facts.Evaluation;
import io.freshet.schemas.facts.Heartbeat;
import io.freshet.schemas.kafka.ParameterKey;
import io.freshet.schemas.loop.JoinReport;

/** Receives the records of the metrics topic, by kind. */
public interface MetricsRecords {
    void heartbeat(Heartbeat heartbeat);

    default void evaluation(Evaluation evaluation) {}

    /** Receives the key of a tombstone of an evaluation. */
    default void deleted(ParameterKey key) {}

    default void report(JoinReport report) {}

    /** Receives the model of a tombstone of a report. */
    default void reportDeleted(String model) {}
}
