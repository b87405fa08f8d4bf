package io.freshet.job.source;

import io.freshet.schemas.MalformedRecordException;
import io.freshet.schemas.ModelSpecCodec;
import java.nio.charset.StandardCharsets;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads changes of specifications; one that cannot be is logged and passed over, and the model stays as it was. */
public final class SpecChangeReader implements KafkaRecordDeserializationSchema<SpecChange> {
    private static final long serialVersionUID = 1;
    private static final Logger LOG = LoggerFactory.getLogger(SpecChangeReader.class);

    @Override
    public void deserialize(ConsumerRecord<byte[], byte[]> record, Collector<SpecChange> out) {
        SpecChange change = read(record);
        if (change != null) {
            out.collect(change);
        }
    }

    /** Returns the change that a record of the models topic says, or null if it cannot be read. */
    public static @Nullable SpecChange read(ConsumerRecord<byte[], byte[]> record) {
        try {
            if (record.value() == null) {
                return record.key() == null
                        ? null
                        : SpecChange.deleted(new String(record.key(), StandardCharsets.UTF_8));
            }
            return SpecChange.applied(new ModelSpecCodec().read(record.value()));
        } catch (MalformedRecordException e) {
            LOG.warn(
                    "{}-{} offset {}: specification passed over: {}",
                    record.topic(),
                    record.partition(),
                    record.offset(),
                    e.getMessage());
            return null;
        }
    }

    @Override
    public TypeInformation<SpecChange> getProducedType() {
        return TypeInformation.of(SpecChange.class);
    }
}
