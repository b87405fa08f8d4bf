package io.freshet.job.join.decode;

import io.freshet.job.join.JoinInput;
import io.freshet.job.record.SpecChange;
import io.freshet.job.source.SpecChangeReader;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Reads changes of specifications, with the parameters that they start from: a change without them is refused. */
public final class JoinChangeReader implements KafkaRecordDeserializationSchema<JoinInput> {
    private static final long serialVersionUID = 1;

    @Override
    public void deserialize(ConsumerRecord<byte[], byte[]> record, Collector<JoinInput> out) {
        SpecChange change = SpecChangeReader.read(record, false);
        if (change != null) {
            out.collect(new JoinInput.Changed(record.offset(), change));
        }
    }

    @Override
    public TypeInformation<JoinInput> getProducedType() {
        return JoinInput.TYPE;
    }
}
