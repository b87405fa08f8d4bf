package io.freshet.server.ingest;

import io.freshet.schemas.avro.MalformedRecordException;
import io.freshet.schemas.facts.Evaluation;
import io.freshet.schemas.facts.EvaluationCodec;
import io.freshet.schemas.facts.HeartbeatCodec;
import io.freshet.schemas.facts.LatestEvaluations;
import io.freshet.schemas.facts.SignsOfLife;
import io.freshet.schemas.kafka.ParameterKey;
import io.freshet.schemas.loop.JoinReportCodec;
import java.time.InstantSource;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Adds evaluations from the metrics topic to the latest evaluations, heartbeats to the signs of life, and reports of joins to their
 * own ingest. Not thread-safe.
 */
public final class EvaluationIngest implements RecordSink {
    private final EvaluationCodec codec = new EvaluationCodec();
    private final HeartbeatCodec heartbeats = new HeartbeatCodec();
    private final LatestEvaluations evaluations;
    private final SignsOfLife signs;
    private final JoinReportIngest joins;
    private final Consumer<Evaluation> added;
    private final Consumer<String> deleted;
    private final InstantSource clock;

    /**
     * @param added receives each evaluation that is newer than the last one of its model and key
     * @param deleted receives the name of a model when its last key is deleted
     * @param clock bounds the times of trainers
     */
    public EvaluationIngest(
            LatestEvaluations evaluations,
            SignsOfLife signs,
            JoinReportIngest joins,
            Consumer<Evaluation> added,
            Consumer<String> deleted,
            InstantSource clock) {
        this.clock = clock;
        this.evaluations = evaluations;
        this.signs = signs;
        this.joins = joins;
        this.added = added;
        this.deleted = deleted;
    }

    /** Forgets all evaluations: those of the new topic may have fewer samples. */
    @Override
    public void recreated() {
        for (String model : evaluations.models()) {
            evaluations.keys(model).forEach(evaluation -> evaluations.remove(model, evaluation.key()));
            deleted.accept(model);
        }
        joins.clear();
    }

    @Override
    public void accept(byte @Nullable [] key, byte @Nullable [] value, int partition) throws MalformedRecordException {
        if (HeartbeatCodec.isHeartbeat(key)) {
            if (value != null) {
                signs.add(heartbeats.read(value), clock.millis());
            }
            return;
        }
        if (key != null && JoinReportCodec.isReport(key)) {
            joins.accept(key, value, clock.millis());
            return;
        }
        if (value == null) {
            ParameterKey modelKey = ParameterKey.parse(key);
            if (evaluations.remove(modelKey.model(), modelKey.key())) {
                deleted.accept(modelKey.model());
            }
            return;
        }
        Evaluation evaluation = codec.read(value).receivedAt(clock.millis());
        if (evaluations.add(evaluation)) {
            added.accept(evaluation);
        }
    }
}
