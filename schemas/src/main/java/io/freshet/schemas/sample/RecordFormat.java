package io.freshet.schemas.sample;

import io.freshet.learning.features.RowLayout;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;

/** The record format of a samples topic. */
public sealed interface RecordFormat extends Serializable {
    /** Returns a new decoder. */
    RecordDecoder decoder(RowLayout layout);

    /** Returns the registry that a decoder needs besides the record, or null for none. */
    default @Nullable SchemaRegistry registry() {
        return null;
    }

    /** Returns this format for records that bring their schemas along. */
    default RecordFormat with(DeliveredSchemas schemas) {
        return this;
    }

    /** Returns Freshet's own format, which reads the schemas of every released version. */
    static Avro avro() {
        return new Avro(new ArrayList<>());
    }

    /**
     * Freshet's {@code Sample} records in Avro's single-object encoding.
     *
     * @param writerSchemas additional writer schemas to read, as JSON
     */
    record Avro(ArrayList<String> writerSchemas) implements RecordFormat {
        /**
         * Returns this format with one more writer schema.
         *
         * @throws IllegalArgumentException if the text is not an Avro schema
         */
        public Avro withWriterSchema(String json) {
            ArrayList<String> schemas = new ArrayList<>(writerSchemas);
            try {
                schemas.add(new Schema.Parser().parse(json).toString());
            } catch (AvroRuntimeException e) {
                throw new IllegalArgumentException(
                        "writerSchema: " + e.getMessage() + " (expected: an Avro schema)", e);
            }
            return new Avro(schemas);
        }

        @Override
        public RecordDecoder decoder(RowLayout layout) {
            List<Schema> writers = writerSchemas.stream()
                    .map(json -> new Schema.Parser().parse(json))
                    .toList();
            return new SampleDecoder(layout, writers);
        }
    }

    /** Avro records of any schema, including {@code Sample}, in the Confluent wire format. */
    record Confluent(RecordFields fields, SchemaRegistry registry) implements RecordFormat {
        @Override
        public RecordDecoder decoder(RowLayout layout) {
            return new ConfluentDecoder(layout, fields, registry);
        }

        @Override
        public RecordFormat with(DeliveredSchemas schemas) {
            return new Confluent(fields, schemas.before(registry));
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
