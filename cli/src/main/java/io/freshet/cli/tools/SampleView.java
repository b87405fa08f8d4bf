package io.freshet.cli.tools;

import io.freshet.schemas.MalformedRecordException;
import io.freshet.schemas.SampleReader;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/** Samples, all their fields. */
final class SampleView implements RecordView {
    private final SampleReader reader = new SampleReader();

    @Override
    public Map<String, @Nullable Object> fields(ConsumerRecord<byte[], byte[]> record) throws MalformedRecordException {
        if (record.value() == null) {
            throw new MalformedRecordException("value: none (expected: a sample)");
        }
        SampleReader.Fields sample = reader.read(record.value());
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        if (!sample.id().isEmpty()) {
            fields.put("id", sample.id());
        }
        if (!sample.model().isEmpty()) {
            fields.put("model", sample.model());
        }
        if (sample.eventTime() != 0) {
            fields.put("eventTime", Instant.ofEpochMilli(sample.eventTime()).toString());
        }
        fields.put("numbers", sample.numbers());
        fields.put("texts", sample.texts());
        return fields;
    }
}
