package io.freshet.benchmarks;

import io.freshet.benchmarks.SampleKind.Fields;
import io.freshet.learning.features.RowLayout;
import io.freshet.schemas.confluent.ConfluentDecoder;
import io.freshet.schemas.field.RecordFields;
import io.freshet.schemas.json.JsonDecoder;
import io.freshet.schemas.sample.RecordDecoder;
import io.freshet.schemas.sample.SampleDecoder;
import io.freshet.schemas.sample.SampleHeader;
import io.freshet.schemas.sample.SampleWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.StringJoiner;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.SchemaBuilder.FieldAssembler;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;

/** Writes samples in each format of the samples topic, and creates the decoder for them. */
enum EncodedSamples {
    AVRO {
        @Override
        byte[] encode(Fields fields) {
            return new SampleWriter()
                    .write(
                            new SampleHeader("", "", 978_307_200_000L, 0),
                            fields.numbers(),
                            fields.texts(),
                            fields.vectors(),
                            fields.sparse());
        }

        @Override
        RecordDecoder decoder(RowLayout layout, Fields fields) {
            return new SampleDecoder(layout);
        }
    },

    JSON {
        @Override
        byte[] encode(Fields fields) {
            StringJoiner json = new StringJoiner(",", "{", "}");
            fields.numbers().forEach((name, number) -> json.add("\"" + name + "\":" + text(number)));
            fields.texts().forEach((name, text) -> json.add("\"" + name + "\":\"" + text + "\""));
            fields.vectors().forEach((name, vector) -> json.add("\"" + name + "\":" + array(vector)));
            fields.sparse()
                    .forEach((name, vector) -> json.add("\"" + name + "\":{\"indices\":" + array(vector.indices())
                            + ",\"values\":" + array(vector.values()) + "}"));
            return json.toString().getBytes(StandardCharsets.UTF_8);
        }

        private static String array(float[] numbers) {
            StringJoiner json = new StringJoiner(",", "[", "]");
            for (float number : numbers) {
                json.add(text(number));
            }
            return json.toString();
        }

        private static String array(int[] numbers) {
            StringJoiner json = new StringJoiner(",", "[", "]");
            for (int number : numbers) {
                json.add(Integer.toString(number));
            }
            return json.toString();
        }

        private static String text(double number) {
            return number == (long) number ? Long.toString((long) number) : Float.toString((float) number);
        }

        @Override
        RecordDecoder decoder(RowLayout layout, Fields fields) {
            return new JsonDecoder(layout, RecordFields.NONE);
        }
    },

    CONFLUENT {
        @Override
        byte[] encode(Fields fields) {
            Schema schema = schema(fields);
            GenericData.Record record = new GenericData.Record(schema);
            fields.numbers().forEach(record::put);
            fields.texts().forEach(record::put);
            fields.vectors().forEach((name, vector) -> record.put(name, list(vector)));
            fields.sparse().forEach((name, vector) -> {
                GenericData.Record entries =
                        new GenericData.Record(schema.getField(name).schema());
                List<Integer> indices = new ArrayList<>();
                for (int index : vector.indices()) {
                    indices.add(index);
                }
                entries.put("indices", indices);
                entries.put("values", list(vector.values()));
                record.put(name, entries);
            });
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            out.writeBytes(new byte[] {0, 0, 0, 0, 1});
            BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(out, null);
            try {
                new GenericDatumWriter<GenericData.Record>(schema).write(record, encoder);
                encoder.flush();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return out.toByteArray();
        }

        private static Schema schema(Fields fields) {
            FieldAssembler<Schema> schema = SchemaBuilder.record("Event").fields();
            fields.numbers().keySet().forEach(schema::requiredDouble);
            fields.texts().keySet().forEach(schema::requiredString);
            fields.vectors()
                    .keySet()
                    .forEach(name ->
                            schema.name(name).type().array().items().floatType().noDefault());
            for (String name : fields.sparse().keySet()) {
                schema.name(name)
                        .type(SchemaBuilder.record(name)
                                .fields()
                                .name("indices")
                                .type()
                                .array()
                                .items()
                                .intType()
                                .noDefault()
                                .name("values")
                                .type()
                                .array()
                                .items()
                                .floatType()
                                .noDefault()
                                .endRecord())
                        .noDefault();
            }
            return schema.endRecord();
        }

        private static List<Float> list(float[] numbers) {
            List<Float> list = new ArrayList<>();
            for (float number : numbers) {
                list.add(number);
            }
            return list;
        }

        @Override
        RecordDecoder decoder(RowLayout layout, Fields fields) {
            List<String> schema = List.of(schema(fields).toString());
            return new ConfluentDecoder(layout, RecordFields.NONE, id -> schema);
        }
    };

    abstract byte[] encode(Fields fields);

    /** @param fields any sample of the topic */
    abstract RecordDecoder decoder(RowLayout layout, Fields fields);
}
