package io.freshet.job.join.decode;

import io.freshet.job.join.JoinTopics;
import io.freshet.job.record.SourceRecord;
import io.freshet.job.source.SourceRecordReader;
import io.freshet.schemas.avro.MalformedRecordException;
import io.freshet.schemas.sample.DeliveredSchemas;
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
    private transient @Nullable Requests requests;

    /** Reads the event times of requests, and sends their schemas on. */
    private static final class Requests {
        private final DeliveredSchemas schemas = new DeliveredSchemas();
        private final SchemaRelay relay = new SchemaRelay();
        private final RequestFormat.Times times;

        Requests(RequestFormat format) {
            times = format.with(schemas).times();
        }

        long time(SourceRecord record) {
            byte[] value = record.value();
            if (value == null) {
                return JoinRecord.NO_TIME;
            }
            schemas.deliver(record.schema());
            try {
                return JoinTiming.requireInRange("event time", times.read(record, value));
            } catch (MalformedRecordException | RuntimeException | StackOverflowError e) {
                // The decoder reports it. Here, a fault would stop the join at this record for good.
                return JoinRecord.NO_TIME;
            }
        }
    }

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
        out.collect(read(isOutcome, SourceRecordReader.received(record)));
    }

    /** Returns a record of one of the topics with its event time. */
    public JoinRecord read(boolean isOutcome, SourceRecord record) {
        if (isOutcome) {
            return new JoinRecord(true, timing.orNone(OutcomeDecoder.eventTime(record), clock.millis()), record);
        }
        if (requests == null) {
            requests = new Requests(format);
        }
        long time = timing.orNone(requests.time(record), clock.millis());
        return new JoinRecord(false, time, requests.relay.send(record));
    }

    @Override
    public TypeInformation<JoinRecord> getProducedType() {
        return JoinRecord.TYPE;
    }
}
