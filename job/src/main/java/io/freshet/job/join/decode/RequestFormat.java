package io.freshet.job.join.decode;

import io.freshet.job.record.SourceRecord;
import io.freshet.job.source.RecordGate;
import io.freshet.job.source.SchemaGate;
import io.freshet.learning.features.Row;
import io.freshet.learning.features.RowLayout;
import io.freshet.schemas.avro.MalformedRecordException;
import io.freshet.schemas.sample.DeliveredSchemas;
import io.freshet.schemas.sample.RecordDecoder;
import io.freshet.schemas.sample.RecordFormat;
import java.io.Serializable;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** What the topic of requests holds: answers that a server logs, or any records of features. */
public sealed interface RequestFormat extends Serializable {
    /** The layout of a row whose fields nobody reads. */
    RowLayout NOTHING = new RowLayout(List.of(), List.of());

    /** Reads the event time of records. */
    interface Times {
        /** @throws MalformedRecordException if the record has none */
        long read(SourceRecord record, byte[] value) throws MalformedRecordException;
    }

    /** Returns the gate at which records of a topic wait for their schemas; null if they need none. */
    default RecordGate.@Nullable Factory gate(String topic) {
        return null;
    }

    /** Returns this format for records that bring their schemas along. */
    default RequestFormat with(DeliveredSchemas schemas) {
        return this;
    }

    /** Returns a reader of event times, which reads as little else as it can. */
    Times times();

    /** Returns a decoder for models with a join. */
    RequestDecoder decoder(JoinedModels models, JoinTiming timing, LongSupplier clock, JoinRejections rejections);

    /** Answers in JSON, as a server logs them with their fields. */
    record Answers() implements RequestFormat {
        private static final long serialVersionUID = 1;

        @Override
        public Times times() {
            return (record, value) -> AnswerHeader.time(value);
        }

        @Override
        public RequestDecoder decoder(
                JoinedModels models, JoinTiming timing, LongSupplier clock, JoinRejections rejections) {
            return new AnswerDecoder(models, timing, clock, rejections);
        }
    }

    /** Records of features, each a request of every joined model whose {@code when} selects it. */
    record Features(RecordFormat format) implements RequestFormat {
        private static final long serialVersionUID = 1;

        @Override
        public RecordGate.@Nullable Factory gate(String topic) {
            return SchemaGate.of(topic, format);
        }

        @Override
        public RequestFormat with(DeliveredSchemas schemas) {
            return new Features(format.with(schemas));
        }

        @Override
        public Times times() {
            RecordDecoder decoder = format.decoder(NOTHING);
            Row row = new Row(NOTHING);
            return (record, value) -> {
                decoder.decode(value, record.timestamp(), row);
                return row.eventTime();
            };
        }

        @Override
        public RequestDecoder decoder(
                JoinedModels models, JoinTiming timing, LongSupplier clock, JoinRejections rejections) {
            return new FeatureDecoder(format, models, new FeatureDecoder.Checks(timing, clock, rejections));
        }
    }
}
