package io.freshet.server.answers;

import io.freshet.learning.spec.JoinSpec;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.avro.MalformedRecordException;
import io.freshet.schemas.loop.OutcomeJson;
import io.freshet.schemas.loop.OutcomeLabels;
import io.freshet.schemas.loop.OutcomeRecord;
import io.freshet.server.body.RequestException;
import io.freshet.server.metrics.ServerMetrics;
import io.freshet.server.store.ServedModel;
import io.vertx.core.buffer.Buffer;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Requests with outcomes of a joined model. What the join would reject is not sent. */
public final class OutcomeRows implements RowsFormat {
    private final OutcomeReader reader;
    private final Function<ModelSpec, @Nullable ModelSpec> joined;
    private final ServerMetrics metrics;
    private final InstantSource clock;

    /**
     * @param maximumRows of a request
     * @param joined the specification by which the join reads outcomes of a model with this served one; null if it has no join
     * @param clock by which outcomes of the future are rejected
     */
    public OutcomeRows(
            int maximumRows,
            Function<ModelSpec, @Nullable ModelSpec> joined,
            ServerMetrics metrics,
            InstantSource clock) {
        reader = new OutcomeReader(maximumRows);
        this.joined = joined;
        this.metrics = metrics;
        this.clock = clock;
    }

    @Override
    public String name() {
        return "feedback";
    }

    @Override
    public String requests() {
        return "requests with outcomes";
    }

    @Override
    public RowsToSend read(ServedModel model, Buffer content) throws RequestException {
        ModelSpec spec = joined.apply(model.spec().spec());
        JoinSpec join = spec == null ? null : spec.join();
        if (spec == null || join == null) {
            throw RequestException.bad(
                    "model",
                    model.name(),
                    "one with join in its specification, which says what outcomes are labels of");
        }
        String exposure = join.missing().exposure();
        OutcomeCheck check = new OutcomeCheck(new OutcomeLabels(spec), clock.millis());
        return new Rows(model.name(), reader.read(content, exposure), check);
    }

    @Override
    public void count(String result, int rows) {
        metrics.outcomes(result, rows);
    }

    /** The outcomes of a request that are read, each valid or not. */
    private record Rows(String model, List<OutcomeReader.Read> outcomes, OutcomeCheck check) implements RowsToSend {
        @Override
        public @Nullable String id() {
            return null;
        }

        @Override
        public int count() {
            return outcomes.size();
        }

        @Override
        public Encoded encode(int row) throws RequestException {
            OutcomeRecord outcome = outcomes.get(row).require();
            check.check(model, outcome);
            OutcomeRecord sent = outcome.withModel(model);
            try {
                return new Encoded(sent.key(), OutcomeJson.record(sent));
            } catch (MalformedRecordException e) {
                throw RequestException.bad(String.valueOf(e.getMessage()));
            }
        }
    }
}
