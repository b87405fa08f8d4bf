package io.freshet.cli.endtoend;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpServer;
import io.freshet.job.source.RegistryAddress;
import io.freshet.job.source.RegistryClient;
import io.freshet.schemas.sample.RecordFields;
import io.freshet.schemas.sample.RecordFormat;
import io.freshet.schemas.sample.SampleHeader;
import io.freshet.schemas.sample.SampleWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.jspecify.annotations.Nullable;

/** Valid records, and all kinds of invalid ones, in each format. */
enum HostileRecords {
    AVRO {
        @Override
        RecordFormat format(String registry) {
            return RecordFormat.avro();
        }

        @Override
        byte[] encode(Fields fields) {
            return new SampleWriter()
                    .write(
                            new SampleHeader("", fields.model, 5, 0),
                            Map.of("a", fields.a, "y", fields.y),
                            Map.of("c", fields.c),
                            Map.of("v", fields.v));
        }

        @Override
        byte[] oversized() {
            byte[] start = Arrays.copyOf(encode(Fields.GOOD), 10 + 2);
            // The time, then a map of 2^60 entries.
            return join(start, new byte[] {0}, ENORMOUS);
        }

        @Override
        byte[] withUnknownSchema() {
            byte[] value = encode(Fields.GOOD);
            value[5]++;
            return value;
        }
    },
    CONFLUENT {
        @Override
        RecordFormat format(String registry) {
            RegistryAddress address = RegistryAddress.of(registry, null, null);
            return new RecordFormat.Confluent(RecordFields.of(null, null, "model"), RegistryClient.waiting(address));
        }

        @Override
        byte[] encode(Fields fields) {
            GenericData.Record record = new GenericData.Record(SCHEMA);
            record.put("a", fields.a);
            record.put("c", fields.c);
            List<Float> v = new ArrayList<>();
            for (float x : fields.v) {
                v.add(x);
            }
            record.put("v", v);
            record.put("y", fields.y);
            record.put("model", fields.model.isEmpty() ? null : fields.model);
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            out.writeBytes(new byte[] {0, 0, 0, 0, 1});
            BinaryEncoder encoder = EncoderFactory.get().directBinaryEncoder(out, null);
            try {
                new GenericDatumWriter<GenericData.Record>(SCHEMA).write(record, encoder);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return out.toByteArray();
        }

        @Override
        byte[] oversized() {
            return join(new byte[] {0, 0, 0, 0, 1}, new byte[8], new byte[] {2, 'x'}, ENORMOUS);
        }

        @Override
        byte[] withUnknownSchema() {
            byte[] value = encode(Fields.GOOD);
            value[2] = 9;
            return value;
        }
    },
    JSON {
        @Override
        RecordFormat format(String registry) {
            return new RecordFormat.Json(RecordFields.of(null, null, "model"));
        }

        @Override
        byte[] encode(Fields fields) {
            String model = fields.model.isEmpty() ? "null" : "\"" + fields.model + "\"";
            return ("{\"a\":" + fields.a + ",\"c\":\"" + fields.c + "\",\"v\":" + Arrays.toString(fields.v)
                            + ",\"model\":" + model + ",\"y\":" + fields.y + "}")
                    .getBytes(UTF_8);
        }

        @Override
        byte[] oversized() {
            return ("{\"a\":" + "9".repeat(2000) + "}").getBytes(UTF_8);
        }

        @Override
        byte[] withUnknownSchema() {
            return ("{\"x\":".repeat(200) + "1" + "}".repeat(200)).getBytes(UTF_8);
        }
    };

    static final int KINDS = 12;
    /** The kind whose label is invalid for both models. */
    static final int BAD_LABEL = 10;

    private static final byte[] ENORMOUS = {-128, -128, -128, -128, -128, -128, -128, -128, 32};
    private static final Schema SCHEMA = new Schema.Parser().parse("""
            {"type": "record", "name": "Click", "fields": [
              {"name": "a", "type": "double"},
              {"name": "c", "type": "string"},
              {"name": "v", "type": {"type": "array", "items": "float"}},
              {"name": "y", "type": "double"},
              {"name": "model", "type": ["null", "string"]}]}
            """);

    /** The fields of a record. */
    record Fields(double a, String c, float[] v, double y, String model) {
        static final Fields GOOD = new Fields(1, "c1", new float[] {1, 2, 3}, 1, "");

        static Fields good(SplittableRandom random) {
            double a = random.nextDouble(-3, 3);
            float[] v = {random.nextInt(9), 0.5f, -random.nextInt(4)};
            return new Fields(a, "c" + random.nextInt(5), v, a + random.nextDouble() > 0.5 ? 1 : 0, "");
        }
    }

    /** @param registry address of the schema registry */
    abstract RecordFormat format(String registry);

    abstract byte[] encode(Fields fields);

    /** Returns a record that declares an enormous size. */
    abstract byte[] oversized();

    abstract byte[] withUnknownSchema();

    /** Returns a record of one of {@link #KINDS} kinds, which neither model can learn. */
    byte @Nullable [] hostile(int kind, SplittableRandom random) {
        Fields good = Fields.good(random);
        return switch (kind) {
            case 0 -> noise(1 + random.nextInt(60), random);
            case 1 -> {
                byte[] whole = encode(good);
                yield Arrays.copyOf(whole, random.nextInt(1, whole.length));
            }
            case 2 -> withUnknownSchema();
            case 3 -> encode(new Fields(Double.NaN, good.c, good.v, good.y, ""));
            case 4 -> encode(new Fields(good.a, good.c, new float[] {1, Float.NEGATIVE_INFINITY, 3}, good.y, ""));
            case 5 -> encode(new Fields(good.a, good.c, new float[random.nextInt(3)], good.y, ""));
            case 6 -> oversized();
            case 7 -> encode(new Fields(good.a, good.c, good.v, good.y, "stranger"));
            case 8 -> null;
            case 9 -> new byte[0];
            case BAD_LABEL -> encode(new Fields(good.a, good.c, good.v, 7, ""));
            case 11 -> join(encode(good), new byte[] {'x'});
            default -> throw new IllegalArgumentException("kind: " + kind);
        };
    }

    static byte[] noise(int length, SplittableRandom random) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    private static byte[] join(byte[]... parts) {
        ByteBuffer joined = ByteBuffer.allocate(
                Arrays.stream(parts).mapToInt(part -> part.length).sum());
        for (byte[] part : parts) {
            joined.put(part);
        }
        return joined.array();
    }

    /** Starts a schema registry on loopback with one schema, whose id is 1. */
    static HttpServer startRegistry() throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        String schema = "{\"schema\": \"" + SCHEMA.toString().replace("\"", "\\\"") + "\"}";
        server.createContext("/", exchange -> {
            boolean known = exchange.getRequestURI().getPath().equals("/schemas/ids/1");
            byte[] answer =
                    (known ? schema : "{\"error_code\": 40403, \"message\": \"Schema not found\"}").getBytes(UTF_8);
            exchange.sendResponseHeaders(known ? 200 : 404, answer.length);
            exchange.getResponseBody().write(answer);
            exchange.close();
        });
        server.start();
        return server;
    }
}
