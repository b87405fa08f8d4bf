package io.freshet.server.ingest;

import io.freshet.schemas.avro.MalformedRecordException;
import io.freshet.schemas.evaluation.Evaluation;
import io.freshet.schemas.evaluation.EvaluationCodec;
import io.freshet.schemas.evaluation.LatestEvaluations;
import io.freshet.schemas.topic.ParameterKey;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Adds evaluations from the metrics topic to the latest evaluations. Not thread-safe. */
public final class EvaluationIngest implements RecordSink {
    private final EvaluationCodec codec = new EvaluationCodec();
    private final LatestEvaluations evaluations;
    private final Consumer<Evaluation> news;
    private final Consumer<String> deleted;

    /**
     * @param news receives each evaluation that is newer than the last known one
     * @param deleted receives the name of each deleted model
     */
    public EvaluationIngest(LatestEvaluations evaluations, Consumer<Evaluation> news, Consumer<String> deleted) {
        this.evaluations = evaluations;
        this.news = news;
        this.deleted = deleted;
    }

    @Override
    public void accept(byte @Nullable [] key, byte @Nullable [] value) throws MalformedRecordException {
        if (value == null) {
            ParameterKey gone = ParameterKey.parse(key);
            if (evaluations.remove(gone.model(), gone.key())) {
                deleted.accept(gone.model());
            }
            return;
        }
        Evaluation evaluation = codec.read(value);
        if (evaluations.add(evaluation)) {
            news.accept(evaluation);
        }
    }
}
