package io.freshet.job.join.decode;

import io.freshet.job.join.JoinInput;
import io.freshet.job.record.ModelKey;
import io.freshet.job.record.SourceRecord;
import io.freshet.job.specs.ModelFailure;
import io.freshet.learning.features.InvalidSampleException;
import io.freshet.learning.join.JoinOutcome;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.avro.MalformedRecordException;
import io.freshet.schemas.loop.OutcomeJson;
import io.freshet.schemas.loop.OutcomeLabels;
import io.freshet.schemas.loop.OutcomeRecord;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Reads outcomes, each for the model that it names, or else for every joined model. */
final class OutcomeDecoder {
    private final List<Target> targets;
    private final JoinedModels models;
    private final JoinTiming timing;
    private final LongSupplier clock;
    private final JoinRejections rejections;

    /** One model. */
    private record Target(
            String model, OutcomeLabels labels, @Nullable String exposure, long incarnation) {
        static Target of(ModelSpec spec, long incarnation) {
            String exposure = Objects.requireNonNull(spec.join()).missing().exposure();
            return new Target(spec.name(), new OutcomeLabels(spec), exposure, incarnation);
        }
    }

    OutcomeDecoder(JoinedModels models, JoinTiming timing, LongSupplier clock, JoinRejections rejections) {
        targets = models.specs().stream()
                .map(spec -> Target.of(spec, models.incarnation(spec)))
                .toList();
        this.models = models;
        this.timing = timing;
        this.clock = clock;
        this.rejections = rejections;
    }

    /** Returns the event time of a record; {@link JoinRecord#NO_TIME} if it is invalid. */
    static long eventTime(SourceRecord record) {
        try {
            return time(read(record), record);
        } catch (MalformedRecordException | RuntimeException | StackOverflowError e) {
            // The decoder reports it.
            return JoinRecord.NO_TIME;
        }
    }

    private static OutcomeRecord read(SourceRecord record) throws MalformedRecordException {
        byte[] value = record.value();
        if (value == null) {
            throw new MalformedRecordException("value: none (expected: an outcome)");
        }
        byte[] key = record.key();
        int bytes = value.length + (key == null ? 0 : key.length);
        OutcomeRecord.requireSize(bytes);
        long headers = record.size() - bytes;
        if (headers > OutcomeRecord.LARGEST) {
            throw new MalformedRecordException(
                    "headers: " + headers + " bytes (expected: up to " + OutcomeRecord.LARGEST + ")");
        }
        return OutcomeJson.read(value);
    }

    private static long time(OutcomeRecord outcome, SourceRecord record) throws MalformedRecordException {
        Long given = outcome.time();
        return JoinTiming.requireInRange("time", given == null ? record.timestamp() : given);
    }

    void decode(SourceRecord record, Consumer<JoinInput> out) {
        OutcomeRecord outcome;
        long time;
        try {
            outcome = read(record);
            time = timing.requireNotAhead("time", time(outcome, record), clock.getAsLong());
        } catch (MalformedRecordException e) {
            rejections.reject("", String.valueOf(e.getMessage()));
            return;
        }
        String model = outcome.model();
        for (Target target : targets) {
            if (model == null || model.equals(target.model())) {
                decode(record, outcome, time, target, out);
            }
        }
        models.refuse(model == null ? "" : model, rejections);
    }

    private void decode(SourceRecord record, OutcomeRecord outcome, long time, Target target, Consumer<JoinInput> out) {
        double value;
        try {
            value = outcome.value() == null ? Double.NaN : target.labels().number(outcome.value());
        } catch (InvalidSampleException e) {
            rejections.reject(target.model(), String.valueOf(e.getMessage()));
            return;
        } catch (RuntimeException | Error e) {
            // A restart would read the same record again. Other models may be able to read it.
            rejections.reject(target.model(), ModelFailure.of(e).reason());
            return;
        }
        JoinOutcome joined = new JoinOutcome(
                time,
                record.partition(),
                record.offset(),
                value,
                outcome.outcomeId(),
                target.exposure() != null && outcome.isExposed(target.exposure()),
                null);
        out.accept(new JoinInput.Observed(
                ModelKey.ofWhole(target.model()) + outcome.id(), joined, target.incarnation(), record));
    }
}
