package io.freshet.cli.bench;

import io.freshet.learning.features.Row;
import io.freshet.learning.features.RowLayout;
import io.freshet.schemas.confluent.ConfluentEncoder;
import io.freshet.schemas.field.RecordFields;
import io.freshet.schemas.format.RecordFormat;
import io.freshet.schemas.sample.RowEncoder;
import java.io.IOException;
import java.util.List;
import java.util.Locale;

/** A format of the samples topic. */
enum SampleFormat {
    AVRO,
    CONFLUENT,
    JSON;

    /** Writes rows as records. */
    interface Writer {
        /** @param row its next record */
        byte[] write(Row row) throws IOException;
    }

    /** Returns the name, which is also that of the option's value. */
    String option() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Returns the format of records with the fields of a layout. */
    RecordFormat records(RowLayout layout) {
        return switch (this) {
            case AVRO -> RecordFormat.avro();
            case CONFLUENT -> {
                List<String> schemas = new ConfluentEncoder(layout).schemas();
                yield new RecordFormat.Confluent(RecordFields.NONE, id -> schemas);
            }
            case JSON -> new RecordFormat.Json(RecordFields.NONE);
        };
    }

    Writer writer(RowLayout layout) {
        return switch (this) {
            case AVRO -> {
                RowEncoder encoder = new RowEncoder(layout);
                yield row -> encoder.encode(row, "");
            }
            case CONFLUENT -> new ConfluentEncoder(layout)::encode;
            case JSON -> new JsonRowWriter(layout);
        };
    }
}
