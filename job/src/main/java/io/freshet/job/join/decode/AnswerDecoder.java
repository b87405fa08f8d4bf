package io.freshet.job.join.decode;

import io.freshet.job.join.JoinInput;
import io.freshet.job.record.SourceRecord;
import io.freshet.job.specs.ModelFailure;
import io.freshet.learning.features.InvalidSampleException;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.avro.MalformedRecordException;
import io.freshet.schemas.sample.JsonDecoder;
import io.freshet.schemas.sample.RecordFields;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/** Reads answers, each a request of the one model that answered it. Skips answers of models without a join, and shadow answers. */
final class AnswerDecoder implements RequestDecoder {
    private final Map<String, Target> targets = new HashMap<>();
    private final JoinedModels models;
    private final JoinTiming timing;
    private final LongSupplier clock;
    private final JoinRejections rejections;

    AnswerDecoder(JoinedModels models, JoinTiming timing, LongSupplier clock, JoinRejections rejections) {
        models.specs().forEach(spec -> targets.put(spec.name(), new Target(spec, models.incarnation(spec))));
        this.models = models;
        this.timing = timing;
        this.clock = clock;
        this.rejections = rejections;
    }

    /** Reads the answers of one model. */
    private static final class Target {
        private final RequestEncoder encoder;
        private final JsonDecoder fields;
        private final JsonDecoder extraFields;
        private final PredictionReader predictions;

        Target(ModelSpec spec, long incarnation) {
            encoder = new RequestEncoder(spec, incarnation);
            fields = new JsonDecoder(encoder.layout(), RecordFields.NONE);
            extraFields = new JsonDecoder(encoder.extras().layout(), RecordFields.NONE);
            predictions = new PredictionReader(spec);
        }

        JoinInput decode(AnswerHeader answer, SourceRecord record)
                throws MalformedRecordException, InvalidSampleException {
            byte[] object = answer.fields();
            fields.decode(object, record.timestamp(), encoder.row());
            if (!encoder.extras().isEmpty()) {
                extraFields.decode(object, record.timestamp(), encoder.extras().row());
            }
            encoder.identify(answer.id(), answer.keyField(), answer.key());
            try {
                return encoder.encode(answer.eventTime(), predictions.read(answer), record);
            } catch (InvalidSampleException e) {
                throw e.orCause(fields.faults());
            }
        }
    }

    @Override
    public void decode(SourceRecord record, Consumer<JoinInput> out) {
        String model = "";
        try {
            byte[] value = record.value();
            if (value == null) {
                throw new MalformedRecordException("value: none (expected: an answer)");
            }
            AnswerHeader answer = AnswerHeader.read(value);
            model = answer.model();
            if (answer.isShadow()) {
                return;
            }
            Target target = targets.get(model);
            if (target == null) {
                models.refuse(model, rejections);
            } else {
                timing.requireNotAhead("event_time", answer.eventTime(), clock.getAsLong());
                out.accept(target.decode(answer, record));
            }
        } catch (MalformedRecordException | InvalidSampleException e) {
            rejections.reject(model, String.valueOf(e.getMessage()));
        } catch (RuntimeException | Error e) {
            // A restart would read the same record again.
            rejections.reject(model, ModelFailure.of(e).reason());
        }
    }
}
