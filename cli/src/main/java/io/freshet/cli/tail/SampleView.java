package io.freshet.cli.tail;

import io.freshet.learning.features.Stage;
import io.freshet.schemas.avro.MalformedRecordException;
import io.freshet.schemas.sample.SampleHeader;
import io.freshet.schemas.sample.SampleReader;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/** Shows all fields of a sample; long vectors are cut to their first numbers and their length. */
final class SampleView implements RecordView {
    private static final int SHOWN_NUMBERS = 8;

    private final SampleReader reader = new SampleReader();

    @Override
    public Map<String, @Nullable Object> fields(ConsumerRecord<byte[], byte[]> record) throws MalformedRecordException {
        if (record.value() == null) {
            throw new MalformedRecordException("value: none (expected: a sample)");
        }
        SampleReader.Fields sample = reader.read(record.value());
        SampleHeader header = sample.header();
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        if (!header.id().isEmpty()) {
            fields.put("id", header.id());
        }
        if (!header.model().isEmpty()) {
            fields.put("model", header.model());
        }
        if (header.eventTime() != 0) {
            fields.put("eventTime", Instant.ofEpochMilli(header.eventTime()).toString());
        }
        fields.put("numbers", sample.numbers());
        fields.put("texts", sample.texts());
        if (!sample.vectors().isEmpty()) {
            Map<String, Object> vectors = new LinkedHashMap<>();
            sample.vectors().forEach((name, numbers) -> vectors.put(name, start(numbers)));
            fields.put("vectors", vectors);
        }
        if (!sample.sparse().isEmpty()) {
            fields.put("sparse", sample.sparse());
        }
        if (header.epoch() != 0) {
            fields.put("epoch", header.epoch());
        }
        if (header.stage() != Stage.COMPLETE) {
            fields.put("stage", header.stage().name().toLowerCase(Locale.ROOT));
        }
        if (header.previous() != null) {
            fields.put("previous", header.previous());
        }
        return fields;
    }

    private static List<Object> start(List<Float> numbers) {
        List<Object> start = new ArrayList<>(numbers.subList(0, Math.min(SHOWN_NUMBERS, numbers.size())));
        if (numbers.size() > SHOWN_NUMBERS) {
            start.add("... (" + numbers.size() + " numbers)");
        }
        return start;
    }
}
