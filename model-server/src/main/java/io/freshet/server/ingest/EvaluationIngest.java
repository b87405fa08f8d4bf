package io.freshet.server.ingest;

import io.freshet.schemas.Evaluation;
import io.freshet.schemas.EvaluationCodec;
import io.freshet.schemas.MalformedRecordException;
import io.freshet.schemas.ParameterKey;
import io.freshet.schemas.Scoreboard;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Puts evaluations from the metrics topic on the scoreboard. Not thread-safe. */
public final class EvaluationIngest implements RecordSink {
    private final EvaluationCodec codec = new EvaluationCodec();
    private final Scoreboard scoreboard;
    private final Consumer<Evaluation> news;

    /** @param news is told each evaluation that is newer than what was known */
    public EvaluationIngest(Scoreboard scoreboard, Consumer<Evaluation> news) {
        this.scoreboard = scoreboard;
        this.news = news;
    }

    @Override
    public void accept(byte @Nullable [] key, byte @Nullable [] value) throws MalformedRecordException {
        if (value == null) {
            ParameterKey deleted = ParameterKey.parse(key);
            if (deleted.key().isEmpty()) {
                scoreboard.remove(deleted.model());
            }
            return;
        }
        Evaluation evaluation = codec.read(value);
        if (scoreboard.add(evaluation)) {
            news.accept(evaluation);
        }
    }
}
