package io.freshet.job.join.decode;

import io.freshet.job.record.SourceRecord;
import io.freshet.learning.features.Row;
import io.freshet.learning.features.RowLayout;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.avro.MalformedRecordException;
import io.freshet.schemas.format.RecordFormat;
import io.freshet.schemas.sample.RecordDecoder;
import java.io.Serializable;
import java.util.List;
import java.util.function.LongSupplier;

/** What the topic of requests holds: answers that a server logs, or any records of features. */
public sealed interface RequestFormat extends Serializable {
    /** Reads the event time of records. */
    interface Times {
        /** @throws MalformedRecordException if the record has none */
        long read(SourceRecord record, byte[] value) throws MalformedRecordException;
    }

    /** Returns a reader of event times, which reads as little else as it can. */
    Times times();

    /** Returns a decoder for models with a join. */
    RequestDecoder decoder(List<ModelSpec> joined, JoinTiming timing, LongSupplier clock, JoinRejections rejections);

    /** Answers in JSON, as a server logs them with their fields. */
    record Answers() implements RequestFormat {
        private static final long serialVersionUID = 1;

        @Override
        public Times times() {
            return (record, value) -> AnswerHeader.time(value);
        }

        @Override
        public RequestDecoder decoder(
                List<ModelSpec> joined, JoinTiming timing, LongSupplier clock, JoinRejections rejections) {
            return new AnswerDecoder(joined, timing, clock, rejections);
        }
    }

    /** Records of features, each a request of every joined model whose {@code when} selects it. */
    record Features(RecordFormat format) implements RequestFormat {
        private static final long serialVersionUID = 1;

        @Override
        public Times times() {
            RowLayout nothing = new RowLayout(List.of(), List.of());
            RecordDecoder decoder = format.decoder(nothing);
            Row row = new Row(nothing);
            return (record, value) -> {
                decoder.decode(value, record.timestamp(), row);
                return row.eventTime();
            };
        }

        @Override
        public RequestDecoder decoder(
                List<ModelSpec> joined, JoinTiming timing, LongSupplier clock, JoinRejections rejections) {
            return new FeatureDecoder(format, joined, new FeatureDecoder.Checks(timing, clock, rejections));
        }
    }
}
