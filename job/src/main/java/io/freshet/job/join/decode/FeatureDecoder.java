package io.freshet.job.join.decode;

import io.freshet.job.join.JoinInput;
import io.freshet.job.record.SourceRecord;
import io.freshet.job.specs.ModelFailure;
import io.freshet.learning.features.InvalidSampleException;
import io.freshet.learning.features.Row;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.avro.MalformedRecordException;
import io.freshet.schemas.sample.RecordDecoder;
import io.freshet.schemas.sample.RecordFormat;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/** Reads records of features. A record that names a model is a request of that one, any other of all models that select it. */
final class FeatureDecoder implements RequestDecoder {
    private final List<Target> targets;
    private final JoinedModels models;
    /** Reads which model a record names. */
    private final RecordDecoder names;

    private final Checks checks;

    /** What each record is checked against, and who receives why it is rejected. */
    record Checks(JoinTiming timing, LongSupplier clock, JoinRejections rejections) {}

    FeatureDecoder(RecordFormat format, JoinedModels models, Checks checks) {
        targets = models.specs().stream()
                .map(spec -> new Target(format, spec, models.incarnation(spec)))
                .toList();
        this.models = models;
        names = format.decoder(RequestFormat.NOTHING);
        this.checks = checks;
    }

    /** Reads the requests of one model. */
    private static final class Target {
        private final RequestEncoder encoder;
        private final RecordDecoder fields;
        private final RecordDecoder extraFields;

        Target(RecordFormat format, ModelSpec spec, long incarnation) {
            encoder = new RequestEncoder(spec, incarnation);
            fields = format.decoder(encoder.layout());
            extraFields = format.decoder(encoder.extras().layout());
        }

        String model() {
            return encoder.spec().name();
        }

        /** Fills the row. Returns whether the record is for this model. */
        boolean read(SourceRecord record, byte[] value) throws MalformedRecordException {
            fields.decode(value, record.timestamp(), encoder.row());
            String named = fields.model();
            if (named.isEmpty() ? !encoder.selects() : !named.equals(model())) {
                return false;
            }
            if (!encoder.extras().isEmpty()) {
                extraFields.decode(value, record.timestamp(), encoder.extras().row());
            }
            return true;
        }

        JoinInput encode(SourceRecord record, long time) throws MalformedRecordException, InvalidSampleException {
            encoder.identify();
            try {
                return encoder.encode(time, null, record);
            } catch (InvalidSampleException e) {
                throw e.orCause(fields.faults());
            }
        }
    }

    @Override
    public void decode(SourceRecord record, Consumer<JoinInput> out) {
        byte[] value = record.value();
        if (value == null) {
            checks.rejections().reject("", "value: none (expected: a request)");
            return;
        }
        for (Target target : targets) {
            boolean isRead = false;
            try {
                if (target.read(record, value)) {
                    isRead = true;
                    long time = JoinTiming.requireInRange(
                            "event time", target.encoder.row().eventTime());
                    checks.timing()
                            .requireNotAhead("event time", time, checks.clock().getAsLong());
                    out.accept(target.encode(record, time));
                }
            } catch (MalformedRecordException | InvalidSampleException | UncheckedIOException e) {
                checks.rejections().reject(isRead ? target.model() : "", String.valueOf(e.getMessage()));
                if (!isRead) {
                    // No model can read it.
                    return;
                }
            } catch (RuntimeException | Error e) {
                // A restart would read the same record again. Other models may be able to read it.
                checks.rejections().reject(target.model(), ModelFailure.of(e).reason());
            }
        }
        if (!models.refused().isEmpty()) {
            refuse(record, value);
        }
    }

    private void refuse(SourceRecord record, byte[] value) {
        try {
            names.decode(value, record.timestamp(), new Row(RequestFormat.NOTHING));
        } catch (MalformedRecordException | UncheckedIOException e) {
            checks.rejections().reject("", String.valueOf(e.getMessage()));
            return;
        } catch (RuntimeException | Error e) {
            ModelFailure.of(e);
            models.refuse("", checks.rejections());
            return;
        }
        models.refuse(names.model(), checks.rejections());
    }
}
