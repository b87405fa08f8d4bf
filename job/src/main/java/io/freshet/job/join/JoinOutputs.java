package io.freshet.job.join;

import io.freshet.job.join.score.ClosedRequest;
import io.freshet.job.join.score.JoinApplied;
import io.freshet.job.join.score.JoinDelta;
import io.freshet.job.join.score.JoinRemoved;
import io.freshet.job.record.OutputRecord;
import io.freshet.job.record.SourceRecord;
import io.freshet.job.specs.ModelFailure;
import io.freshet.learning.join.Unjoined;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.kafka.DeadLetterHeaders;
import io.freshet.schemas.kafka.UnjoinedHeaders;
import io.freshet.schemas.loop.JoinCount;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import org.apache.flink.streaming.api.operators.Output;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.util.OutputTag;
import org.apache.flink.util.function.ThrowingRunnable;
import org.jspecify.annotations.Nullable;

/**
 * Sends samples, records that are not joined, dead letters, and what is counted and scored. Counts are sent as differences, about
 * once a second and before each barrier, so that none is lost or counted twice after a failure.
 */
final class JoinOutputs {
    private final Output<StreamRecord<OutputRecord>> output;
    private final JoinTopics topics;
    private final LongSupplier clock;
    private final Map<String, long[]> counts = new TreeMap<>();
    /** What an attempt is to send and count. */
    private final List<Runnable> held = new ArrayList<>();

    private boolean holds;

    JoinOutputs(Output<StreamRecord<OutputRecord>> output, JoinTopics topics, LongSupplier clock) {
        this.output = output;
        this.topics = topics;
        this.clock = clock;
    }

    /** Returns milliseconds since 1970, UTC. */
    long now() {
        return clock.getAsLong();
    }

    /**
     * Runs code for an id of one model. What it sends and counts is sent and counted once it has succeeded, so that a fault leaves
     * nothing behind. Returns the fault of the model, or null.
     */
    @Nullable ModelFailure attempt(ThrowingRunnable<Exception> action) throws Exception {
        holds = true;
        try {
            action.run();
        } catch (RuntimeException | Error e) {
            held.clear();
            return ModelFailure.of(e);
        } finally {
            holds = false;
        }
        held.forEach(Runnable::run);
        held.clear();
        return null;
    }

    private void perform(Runnable send) {
        if (holds) {
            held.add(send);
        } else {
            send.run();
        }
    }

    void sample(OutputRecord sample) {
        perform(() -> output.collect(new StreamRecord<>(sample)));
    }

    void unjoined(String model, boolean request, SourceRecord record, Unjoined reason, long latenessMillis) {
        Map<String, byte[]> headers = UnjoinedHeaders.of(
                topic(request),
                record.partition(),
                record.offset(),
                reason.name().toLowerCase(Locale.ROOT),
                model);
        if (reason == Unjoined.LATE) {
            headers = UnjoinedHeaders.withLateness(headers, latenessMillis);
        }
        send(JoinOperator.UNJOINED, OutputRecord.deadLetter(record, headers, now()));
    }

    /** Sends a record to the topic of dead letters. */
    void reject(String model, boolean request, SourceRecord record, String message) {
        Map<String, byte[]> headers = DeadLetterHeaders.of(
                topic(request), record.partition(), record.offset(), JoinOperator.STAGE, model, message);
        long now = now();
        send(OutputRecord.DEAD_LETTERS, OutputRecord.deadLetter(record, DeadLetterHeaders.withTime(headers, now), now));
        count(model, JoinCount.REJECTED, 1);
    }

    private String topic(boolean request) {
        return request ? topics.requests() : topics.outcomes();
    }

    void count(String model, JoinCount count, long change) {
        perform(() ->
                counts.computeIfAbsent(model, name -> new long[JoinCount.values().length])[count.ordinal()] += change);
    }

    /** Sends a specification, after the counts of the one before. */
    void announce(ModelSpec spec) {
        flush(spec.name());
        send(JoinOperator.SCORES, JoinApplied.of(spec));
    }

    void score(ClosedRequest closed) {
        send(JoinOperator.SCORES, closed);
    }

    /** Forgets the counts of a model that is not joined any more. */
    void remove(String model) {
        counts.remove(model);
        send(JoinOperator.SCORES, new JoinRemoved(model));
    }

    void flush() {
        counts.keySet().stream().toList().forEach(this::flush);
    }

    private void flush(String model) {
        long[] delta = counts.remove(model);
        if (delta != null) {
            send(JoinOperator.SCORES, new JoinDelta(model, delta));
        }
    }

    private <T> void send(OutputTag<T> tag, T value) {
        perform(() -> output.collect(tag, new StreamRecord<>(value)));
    }
}
