package io.freshet.job.join.decode;

import io.freshet.job.join.JoinTopics;
import io.freshet.job.record.SourceRecord;
import io.freshet.job.source.SourceRecordReader;
import io.freshet.schemas.avro.MalformedRecordException;
import java.io.UncheckedIOException;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/** Reads records with their event times, by which watermarks are known for each partition. */
public final class JoinRecordReader implements KafkaRecordDeserializationSchema<JoinRecord> {
    private static final long serialVersionUID = 1;

    private final JoinTopics topics;
    private final RequestFormat format;
    private final JoinTiming timing;
    private transient RequestFormat.@Nullable Times requestTimes;

    public JoinRecordReader(JoinTopics topics, RequestFormat format, JoinTiming timing) {
        this.topics = topics;
        this.format = format;
        this.timing = timing;
    }

    @Override
    public void deserialize(ConsumerRecord<byte[], byte[]> record, Collector<JoinRecord> out) {
        boolean isOutcome = record.topic().equals(topics.outcomes());
        SourceRecord read = SourceRecordReader.read(record);
        out.collect(read(isOutcome, read, System.currentTimeMillis()));
    }

    /** @param now milliseconds since 1970, UTC */
    public JoinRecord read(boolean isOutcome, SourceRecord record, long now) {
        long time = isOutcome ? OutcomeDecoder.eventTime(record) : requestTime(record);
        return new JoinRecord(isOutcome, timing.orNone(time, now), record);
    }

    private long requestTime(SourceRecord record) {
        byte[] value = record.value();
        if (value == null) {
            return JoinRecord.NO_TIME;
        }
        if (requestTimes == null) {
            requestTimes = format.times();
        }
        try {
            return JoinTiming.requireInRange("event time", requestTimes.read(record, value));
        } catch (MalformedRecordException | UncheckedIOException e) {
            // The decoder reports it.
            return JoinRecord.NO_TIME;
        }
    }

    @Override
    public TypeInformation<JoinRecord> getProducedType() {
        return JoinRecordSerializer.type();
    }
}
