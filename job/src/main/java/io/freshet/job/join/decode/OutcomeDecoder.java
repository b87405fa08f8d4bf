package io.freshet.job.join.decode;

import io.freshet.job.join.JoinInput;
import io.freshet.job.record.ModelKey;
import io.freshet.job.record.SourceRecord;
import io.freshet.learning.join.JoinOutcome;
import io.freshet.schemas.avro.MalformedRecordException;
import io.freshet.schemas.loop.OutcomeJson;
import io.freshet.schemas.loop.OutcomeRecord;
import java.util.Collection;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/** Reads outcomes, each for the model that it names, or else for every joined model. */
final class OutcomeDecoder {
    /** Largest record: outcomes that wait for their request are kept as they are. */
    static final int LARGEST = 1 << 14;

    private final Collection<OutcomeLabels> models;
    private final JoinTiming timing;
    private final LongSupplier clock;
    private final JoinRejections rejections;

    OutcomeDecoder(
            Collection<OutcomeLabels> models, JoinTiming timing, LongSupplier clock, JoinRejections rejections) {
        this.models = models;
        this.timing = timing;
        this.clock = clock;
        this.rejections = rejections;
    }

    /** Returns the event time of a record; {@link JoinRecord#NO_TIME} if it is invalid. */
    static long eventTime(SourceRecord record) {
        try {
            return time(read(record), record);
        } catch (MalformedRecordException e) {
            return JoinRecord.NO_TIME;
        }
    }

    private static OutcomeRecord read(SourceRecord record) throws MalformedRecordException {
        byte[] value = record.value();
        if (value == null) {
            throw new MalformedRecordException("value: none (expected: an outcome)");
        }
        if (record.size() > LARGEST) {
            throw new MalformedRecordException(
                    "value: a record of " + record.size() + " bytes (expected: up to " + LARGEST + ")");
        }
        return OutcomeJson.read(value);
    }

    private static long time(OutcomeRecord outcome, SourceRecord record) throws MalformedRecordException {
        Long given = outcome.time();
        long time = given == null ? record.timestamp() : given;
        return EventTimeRange.require("time", time);
    }

    void decode(SourceRecord record, Consumer<JoinInput> out) {
        OutcomeRecord outcome;
        long time;
        try {
            outcome = read(record);
            time = time(outcome, record);
            timing.requireNotAhead("time", time, clock.getAsLong());
        } catch (MalformedRecordException e) {
            rejections.reject(record, true, "", String.valueOf(e.getMessage()));
            return;
        }
        String model = outcome.model();
        for (OutcomeLabels labels : models) {
            if (model == null || model.equals(labels.model())) {
                decode(record, outcome, time, labels, out);
            }
        }
    }

    private void decode(
            SourceRecord record, OutcomeRecord outcome, long time, OutcomeLabels labels, Consumer<JoinInput> out) {
        double value;
        try {
            value = labels.label(outcome.value());
        } catch (MalformedRecordException e) {
            rejections.reject(record, true, labels.model(), String.valueOf(e.getMessage()));
            return;
        }
        JoinOutcome joined = new JoinOutcome(
                time,
                record.partition(),
                record.offset(),
                value,
                outcome.outcomeId(),
                labels.isExposed(outcome),
                null);
        out.accept(new JoinInput.Observed(ModelKey.ofWhole(labels.model()) + outcome.id(), joined, record));
    }
}
