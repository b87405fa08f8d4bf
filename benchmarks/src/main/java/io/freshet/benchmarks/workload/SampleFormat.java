package io.freshet.benchmarks.workload;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.freshet.learning.features.Row;
import io.freshet.learning.features.RowLayout;
import io.freshet.schemas.sample.ConfluentEncoder;
import io.freshet.schemas.sample.RecordFields;
import io.freshet.schemas.sample.RecordFormat;
import io.freshet.schemas.sample.RowEncoder;
import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A format of the samples topic. */
public enum SampleFormat {
    AVRO,
    CONFLUENT,
    JSON;

    private static final ObjectMapper MAPPER = new ObjectMapper();

    /** Writes rows as records. */
    public interface Writer {
        /** @param row its next record */
        byte[] write(Row row) throws IOException;
    }

    /** Returns the name, which is also that of the option's value. */
    public String option() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Returns the format of records with the fields of a layout. */
    public RecordFormat records(RowLayout layout) {
        return switch (this) {
            case AVRO -> RecordFormat.avro();
            case CONFLUENT -> {
                List<String> schemas = new ConfluentEncoder(layout).schemas();
                yield new RecordFormat.Confluent(RecordFields.NONE, id -> schemas);
            }
            case JSON -> new RecordFormat.Json(RecordFields.NONE);
        };
    }

    public Writer writer(RowLayout layout) {
        return switch (this) {
            case AVRO -> {
                RowEncoder encoder = new RowEncoder(layout);
                yield row -> encoder.encode(row, "");
            }
            case CONFLUENT -> new ConfluentEncoder(layout)::encode;
            case JSON -> row -> MAPPER.writeValueAsBytes(fields(layout, row));
        };
    }

    /** Returns the fields of a row, without event time: that of the Kafka record applies. */
    private static Map<String, Object> fields(RowLayout layout, Row row) {
        Map<String, Object> fields = new LinkedHashMap<>();
        for (int i = 0; i < layout.numbers().size(); i++) {
            fields.put(layout.numbers().get(i), row.number(i));
        }
        for (int i = 0; i < layout.texts().size(); i++) {
            fields.put(layout.texts().get(i), row.hasSparse(i) ? sparse(row, i) : row.text(i));
        }
        for (int i = 0; i < layout.vectors().size(); i++) {
            fields.put(RowLayout.wireName(layout.vectors().get(i)), Arrays.copyOf(row.vector(i), row.vectorLength(i)));
        }
        return fields;
    }

    private static Map<String, Object> sparse(Row row, int place) {
        int length = row.sparseLength(place);
        return Map.of(
                "indices", Arrays.copyOf(row.sparseIndices(place), length),
                "values", Arrays.copyOf(row.sparseValues(place), length));
    }
}
