package io.freshet.job.join.decode;

import io.freshet.job.join.JoinTopics;
import io.freshet.job.record.SourceRecord;
import io.freshet.job.source.SourceRecordReader;
import io.freshet.schemas.avro.MalformedRecordException;
import java.io.UncheckedIOException;
import java.time.InstantSource;
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
    private final InstantSource clock;
    private transient RequestFormat.@Nullable Times requestTimes;

    /** @param clock serializable, as that of the system */
    public JoinRecordReader(JoinTopics topics, RequestFormat format, JoinTiming timing, InstantSource clock) {
        this.clock = clock;
        this.topics = topics;
        this.format = format;
        this.timing = timing;
    }

    @Override
    public void deserialize(ConsumerRecord<byte[], byte[]> record, Collector<JoinRecord> out) {
        boolean isOutcome = record.topic().equals(topics.outcomes());
        out.collect(read(isOutcome, SourceRecordReader.read(record)));
    }

    /** Returns a record of one of the topics with its event time. */
    public JoinRecord read(boolean isOutcome, SourceRecord record) {
        long time = isOutcome ? OutcomeDecoder.eventTime(record) : requestTime(record);
        return new JoinRecord(isOutcome, timing.orNone(time, clock.millis()), record);
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
