package io.freshet.job.join;

import io.freshet.job.join.score.ClosedRequest;
import io.freshet.job.record.SourceRecord;
import io.freshet.learning.features.Stage;
import io.freshet.learning.join.JoinEmission;
import io.freshet.learning.join.JoinListener;
import io.freshet.learning.join.JoinOutcome;
import io.freshet.learning.join.JoinRequest;
import io.freshet.learning.join.JoinRule;
import io.freshet.learning.join.JoinState;
import io.freshet.learning.join.NearestLabel;
import io.freshet.learning.join.Unjoined;
import io.freshet.learning.spec.JoinSpec;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.avro.MalformedRecordException;
import io.freshet.schemas.loop.JoinCount;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Objects;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Applies the rule of one model to its ids, and sends and counts what it decides. */
final class ModelJoin implements JoinListener {
    private static final Logger LOG = LoggerFactory.getLogger(ModelJoin.class);

    private final ModelSpec spec;
    private final JoinRule rule;
    private final LabeledSamples samples;
    private final JoinSpecs.Incarnation incarnation;
    /** The hash of the fields by which answers are scored. */
    private final int slices;

    private final int shape;

    private final JoinOutputs out;
    /** The input that is processed; null while a timer fires. */
    private @Nullable SourceRecord current;

    private long watermark;

    ModelJoin(ModelSpec spec, JoinSpec join, JoinSpecs.Incarnation incarnation, JoinOutputs out) {
        this.incarnation = incarnation;
        this.spec = spec;
        this.out = out;
        samples = new LabeledSamples(spec);
        slices = join.slices().hashCode();
        shape = ClosedRequest.shape(spec);
        rule = new JoinRule(join, new NearestLabel(spec), this);
    }

    ModelSpec spec() {
        return spec;
    }

    /** Returns the incarnation that requests and outcomes must have. */
    long incarnation() {
        return incarnation.number();
    }

    /** Joins a request or an outcome with the state of its id. */
    void join(JoinInput.Keyed input, JoinState state, long reached) {
        watermark = reached;
        forgetEarlier(state);
        boolean open = state.isOpen();
        boolean waiting = state.isWaiting();
        // Whether an outcome has to wait depends on whether its request is still known.
        rule.advance(state, reached);
        if (input instanceof JoinInput.Requested requested) {
            request(requested, state);
        } else if (input instanceof JoinInput.Observed observed) {
            current = observed.record();
            out.count(spec.name(), JoinCount.OUTCOMES, 1);
            rule.outcome(state, state.request() == null ? keepable(observed) : observed.outcome(), reached);
            current = null;
        }
        countLevels(state, open, waiting);
    }

    private void request(JoinInput.Requested requested, JoinState state) {
        out.count(spec.name(), JoinCount.REQUESTS, 1);
        switch (rule.request(state, requested.request(), watermark)) {
            case OPENED -> {}
            case DOUBLED -> out.count(spec.name(), JoinCount.DOUBLED, 1);
            case LATE -> {
                out.count(spec.name(), JoinCount.LATE_REQUESTS, 1);
                long lateness = watermark - requested.request().time();
                out.unjoined(spec.name(), true, requested.record(), Unjoined.LATE, lateness);
            }
        }
    }

    /** Emits what is due. */
    void advance(JoinState state, long reached) {
        watermark = reached;
        forgetEarlier(state);
        boolean open = state.isOpen();
        boolean waiting = state.isWaiting();
        rule.advance(state, reached);
        countLevels(state, open, waiting);
    }

    /** Forgets an id if what it keeps has another meaning now. */
    private void forgetEarlier(JoinState state) {
        if (state.incarnation() == incarnation.number()) {
            return;
        }
        if (state.incarnation() < incarnation.started()) {
            state.clear();
        } else {
            boolean open = state.isOpen();
            boolean waiting = state.isWaiting();
            rule.forget(state);
            out.count(spec.name(), JoinCount.FORGOTTEN, open ? 1 : 0);
            countLevels(state, open, waiting);
        }
        state.setIncarnation(incarnation.number());
    }

    private void countLevels(JoinState state, boolean open, boolean waiting) {
        countLevel(JoinCount.OPEN, open, state.isOpen());
        countLevel(JoinCount.WAITING, waiting, state.isWaiting());
    }

    private void countLevel(JoinCount level, boolean before, boolean after) {
        if (before != after) {
            out.count(spec.name(), level, after ? 1 : -1);
        }
    }

    long nextTime(JoinState state) {
        return rule.nextTime(state);
    }

    /** Returns an outcome that waits for its request, with its record. */
    private JoinOutcome keepable(JoinInput.Observed observed) {
        JoinOutcome outcome = observed.outcome();
        DataOutputSerializer bytes = new DataOutputSerializer(256);
        try {
            observed.record().write(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory failed", e);
        }
        return new JoinOutcome(
                outcome.time(),
                outcome.partition(),
                outcome.offset(),
                outcome.value(),
                outcome.outcomeId(),
                outcome.exposed(),
                bytes.getCopyOfBuffer());
    }

    private SourceRecord record(JoinOutcome outcome) {
        byte[] content = outcome.content();
        if (content == null) {
            return Objects.requireNonNull(current, "the outcome that is processed");
        }
        try {
            return SourceRecord.read(new DataInputDeserializer(content));
        } catch (IOException e) {
            throw new UncheckedIOException("state of an outcome", e);
        }
    }

    @Override
    public void emit(JoinRequest request, JoinEmission emission) {
        try {
            out.sample(samples.sample(RequestContent.sample(request.content()), emission, out.now()));
        } catch (MalformedRecordException e) {
            // A changed specification does not fit the request.
            LOG.warn("model {}: sample skipped: {}", spec.name(), e.getMessage());
            out.count(spec.name(), JoinCount.REJECTED, 1);
            return;
        } catch (IOException e) {
            throw new UncheckedIOException("state of a request", e);
        }
        if (emission.stage() == Stage.CHANGED) {
            out.count(spec.name(), JoinCount.CORRECTIONS, 1);
        } else if (emission.stage().isFirst()) {
            out.count(spec.name(), JoinCount.SAMPLES, 1);
        }
    }

    @Override
    public void unjoined(JoinOutcome outcome, Unjoined reason) {
        JoinCount count = switch (reason) {
            case LATE -> JoinCount.LATE;
            case ORPHAN -> JoinCount.ORPHANS;
            case OUTSIDE -> JoinCount.OUTSIDE;
        };
        out.count(spec.name(), count, 1);
        out.unjoined(spec.name(), false, record(outcome), reason, watermark - outcome.time());
    }

    @Override
    public void doubled(JoinOutcome outcome, boolean contradicts) {
        out.count(spec.name(), JoinCount.DOUBLED, 1);
        if (contradicts) {
            out.count(spec.name(), JoinCount.CONTRADICTIONS, 1);
        }
    }

    @Override
    public void full(JoinOutcome outcome) {
        String message = outcome.content() == null
                ? "id: more than " + JoinRule.MAXIMUM_OUTCOMES + " outcomes (expected: up to "
                : "id: more outcomes before its request than are kept (expected: up to "
                        + JoinRule.MAXIMUM_WAITING_BYTES + " bytes of them, and ";
        out.reject(spec.name(), false, record(outcome), message + JoinRule.MAXIMUM_OUTCOMES + ")");
    }

    @Override
    public void closed(JoinRequest request, double label, long delayMillis) {
        RequestContent content;
        try {
            content = RequestContent.read(request.content());
        } catch (IOException e) {
            throw new UncheckedIOException("state of a request", e);
        }
        out.score(new ClosedRequest(
                spec.name(),
                Double.isNaN(label) ? null : (Double) label,
                delayMillis < 0 ? ClosedRequest.NO_OUTCOME : delayMillis,
                content.answer(),
                shape,
                content.fields() == slices ? content.slices() : List.of()));
    }
}
