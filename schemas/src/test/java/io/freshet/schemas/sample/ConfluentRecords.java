package io.freshet.schemas.sample;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.freshet.learning.features.RowLayout;
import io.freshet.schemas.avro.MalformedRecordException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;

/** A decoder, with the schemas of a registry in memory. */
abstract class ConfluentRecords {
    static final RowLayout LAYOUT = new RowLayout(
            List.of("clicked", "user.age", "price", "tags.size"),
            List.of("user.country", "words", "tags.color", "hour", "kind"),
            List.of("pixel*", "image.mask"));
    static final String EVENT = """
            {"type": "record", "name": "Event", "fields": [
              {"name": "skipped", "type": {"type": "array", "items": {"type": "map", "values": ["null", "bytes", "float"]}}},
              {"name": "clicked", "type": "boolean"},
              {"name": "parent", "type": ["null", "Event"]},
              {"name": "user", "type": ["null", {"type": "record", "name": "User", "fields": [
                {"name": "country", "type": ["null", "string"]},
                {"name": "id", "type": {"type": "fixed", "name": "Uid", "size": 3}},
                {"name": "age", "type": ["null", "int", "double"]}]}]},
              {"name": "price", "type": {"type": "bytes", "logicalType": "decimal", "precision": 9, "scale": 2}},
              {"name": "tags", "type": {"type": "map", "values": ["long", "string"]}},
              {"name": "hour", "type": "long"},
              {"name": "kind", "type": {"type": "enum", "name": "Kind", "symbols": ["VIEW", "BUY"]}},
              {"name": "words", "type": {"type": "array", "items": "string"}},
              {"name": "pixel", "type": {"type": "array", "items": "double"}},
              {"name": "image", "type": {"type": "record", "name": "Image", "fields": [
                {"name": "mask", "type": {"type": "array", "items": ["null", "int"]}}]}},
              {"name": "at", "type": {"type": "long", "logicalType": "timestamp-micros"}},
              {"name": "key", "type": "int"}]}
            """;

    final Map<Integer, List<String>> registered = new HashMap<>();
    int lookups;
    final ConfluentDecoder decoder = new ConfluentDecoder(LAYOUT, RecordFields.of("key", "$.at", null), this::schemas);

    List<String> schemas(int id) throws MalformedRecordException {
        lookups++;
        if (id < 0) {
            throw new UncheckedIOException(new IOException("down"));
        }
        if (!registered.containsKey(id)) {
            throw new MalformedRecordException("schema " + id + ": not found");
        }
        return registered.get(id);
    }

    static GenericData.Record event() {
        Schema schema = new Schema.Parser().parse(EVENT);
        Schema user = schema.getField("user").schema().getTypes().get(1);
        GenericData.Record person = new GenericData.Record(user);
        person.put("country", "CH");
        person.put("id", new GenericData.Fixed(user.getField("id").schema(), new byte[] {1, 2, 3}));
        person.put("age", 41);
        GenericData.Record image =
                new GenericData.Record(schema.getField("image").schema());
        image.put("mask", List.of(0, 1));
        GenericData.Record event = new GenericData.Record(schema);
        Map<String, Object> inside = new HashMap<>();
        inside.put("a", ByteBuffer.wrap("bytes".getBytes(UTF_8)));
        inside.put("b", null);
        inside.put("c", 1f);
        event.put("skipped", List.of(inside, Map.of()));
        event.put("clicked", true);
        event.put("user", person);
        event.put("price", ByteBuffer.wrap(java.math.BigInteger.valueOf(-1234).toByteArray()));
        event.put("tags", Map.of("size", 5L, "color", "rot", "other", "x"));
        event.put("hour", 7L);
        event.put("kind", new GenericData.EnumSymbol(schema.getField("kind").schema(), "BUY"));
        event.put("words", List.of("a", "b"));
        event.put("pixel", List.of(1.5, -2.0));
        event.put("image", image);
        event.put("at", 1_700_000_000_123_456L);
        event.put("key", 3);
        return event;
    }

    static GenericData.Record record(String schema, Object... fields) {
        GenericData.Record record = new GenericData.Record(new Schema.Parser().parse(schema));
        for (int i = 0; i < fields.length; i += 2) {
            record.put((String) fields[i], fields[i + 1]);
        }
        return record;
    }

    String decode(int id, String schema, GenericData.Record record) throws IOException {
        registered.put(id, List.of(schema));
        return DecodedRow.of(decoder, LAYOUT, frame(id, body(schema, record)));
    }

    static byte[] body(String schema, GenericData.Record record) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(out, null);
        new GenericDatumWriter<GenericData.Record>(new Schema.Parser().parse(schema)).write(record, encoder);
        encoder.flush();
        return out.toByteArray();
    }

    static byte[] frame(int id, byte[] body) {
        return ByteBuffer.allocate(5 + body.length)
                .put((byte) 0)
                .putInt(id)
                .put(body)
                .array();
    }

    static String json(String text) {
        return text.replace('\'', '"');
    }
}
