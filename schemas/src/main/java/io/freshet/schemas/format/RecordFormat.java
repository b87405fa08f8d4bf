package io.freshet.schemas.format;

import io.freshet.learning.features.RowLayout;
import io.freshet.schemas.confluent.ConfluentDecoder;
import io.freshet.schemas.confluent.SchemaRegistry;
import io.freshet.schemas.field.RecordFields;
import io.freshet.schemas.json.JsonDecoder;
import io.freshet.schemas.sample.RecordDecoder;
import io.freshet.schemas.sample.SampleDecoder;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.Schema;

/** How the records of a samples topic are written down. */
public sealed interface RecordFormat extends Serializable {
    /** Returns a new decoder. */
    RecordDecoder decoder(RowLayout layout);

    /** Returns the format of our own samples, by the schemas of any version of it. */
    static RecordFormat avro() {
        return new Avro(new ArrayList<>());
    }

    /**
     * Our own samples in Avro's single-object encoding.
     *
     * @param writerSchemas other schemas, as JSON, that they may have been written with
     */
    record Avro(ArrayList<String> writerSchemas) implements RecordFormat {
        @Override
        public RecordDecoder decoder(RowLayout layout) {
            List<Schema> writers = writerSchemas.stream()
                    .map(json -> new Schema.Parser().parse(json))
                    .toList();
            return new SampleDecoder(layout, writers);
        }
    }

    /** Avro records of any schema in Confluent's frame, our samples among them. */
    record Confluent(RecordFields fields, SchemaRegistry registry) implements RecordFormat {
        @Override
        public RecordDecoder decoder(RowLayout layout) {
            return new ConfluentDecoder(layout, fields, registry);
        }
    }

    /** JSON objects. */
    record Json(RecordFields fields) implements RecordFormat {
        @Override
        public RecordDecoder decoder(RowLayout layout) {
            return new JsonDecoder(layout, fields);
        }
    }
}
