package io.freshet.server.request;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.server.body.RequestException;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Would catch a request that is read differently in one pass than by the JSON parser. */
class PlainRequestReaderTest {
    private static final int MAXIMUM_ROWS = 1_000;

    private final InferRequestReader parser = new InferRequestReader(MAXIMUM_ROWS);
    private final long seed = new Random().nextLong();
    private final Random random = new Random(seed);

    @Test
    void reads_numbers_as_the_parser_does() {
        for (int i = 0; i < 20_000; i++) {
            List<String> numbers = new ArrayList<>();
            for (int count = 1 + random.nextInt(5); count > 0; count--) {
                numbers.add(number());
            }
            String data = String.join(random.nextBoolean() ? "," : " ,\n ", numbers);
            String body = tensor("FP64", "[" + numbers.size() + "]", "[" + data + "]");

            assertThat(plain(body)).as("seed %d: %s", seed, body).isEqualTo(parsed(body));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[0, -0, 0.0, -0.0, 1e0, 1E+2, 123456789012345678, 12345678, 1234567890.12345678]",
                "[9007199254740993.0, 0.1, 1e22, 1e23, 1e-22, 1e-23, 4.9e-324, 1.7976931348623157e308, 123456.7e-30]",
                "[00000000.5]",
                "[01]",
                "[1.]",
                "[.5]",
                "[-]",
                "[+1]",
                "[1e]",
                "[1e999999999]",
                "[12345678901234567890]",
                "[\"a\", \"b\", null, true, false, 1]",
                "[tru]",
                "[[1, 2], [3, 4]]",
                "[[1], [2, 3]]",
                "[[[1]], [[2]]]",
                "[[[[1]]]]",
                "[]",
                "[1,]",
                "[1 2]",
                "[\"\\u0041\", \"é\"]",
                "[\"unterminated]",
                "[1]]",
                "{}",
            })
    void never_differs_from_the_parser(String data) {
        for (String shape : List.of("[1]", "[2, 2]", "[9]", "[6]", "[2, 1, 1]", "[0]", "[-1]", "[1e0]", "[01]", "[]")) {
            for (String datatype : List.of("FP64", "INT8", "BYTES", "BOOL", "FP99")) {
                compare(tensor(datatype, shape, data));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{}",
                "{\"inputs\": []}",
                "{\"inputs\": [{}]}",
                "{\"id\": \"7\", \"inputs\": [{\"name\": \"a\", \"shape\": [1], \"datatype\": \"FP32\", \"data\": [1]}]} ",
                "{\"id\": \"7\", \"id\": \"8\", \"inputs\": []}",
                "{\"id\": null, \"inputs\": [{\"data\": [1], \"name\": \"a\", \"shape\": [1], \"datatype\": \"FP32\"}]}",
                "{\"inputs\": [{\"data\": [1], \"name\": \"a\", \"shape\": [1], \"datatype\": \"FP32\"}]} x",
                "{\"inputs\": [{\"data\": [1], \"shape\": [1], \"datatype\": \"FP32\"}]}",
                "{\"inputs\": [{\"name\": \"a\", \"shape\": [1,1,1,1], \"datatype\": \"FP32\", \"data\": [1]}]}",
                "{\"other\": 1, \"inputs\": [{\"name\": \"a\", \"shape\": [1], \"datatype\": \"FP32\", \"data\": [1]}]}",
                "{\"parameters\": {\"explain\": true},"
                        + " \"inputs\": [{\"name\": \"a\", \"shape\": [1], \"datatype\": \"FP32\", \"data\": [1]}]}",
                "{\"inputs\": [{\"name\": \"a\", \"shape\": [1], \"datatype\": \"FP32\", \"data\": [1]},"
                        + " {\"name\": \"b\", \"shape\": [2], \"datatype\": \"FP32\", \"data\": [1, 2]}]}",
            })
    void never_differs_in_other_parts(String body) {
        compare(body);
    }

    @Test
    void never_differs_for_a_damaged_request() {
        String valid = "{\"id\": \"7\", \"inputs\": [{\"name\": \"a\", \"shape\": [2, 2], \"datatype\": \"FP32\","
                + " \"data\": [[1, 2.5], [-3e1, 400]]}, {\"name\": \"b\", \"shape\": [2], \"datatype\": \"BYTES\","
                + " \"data\": [\"x\", \"y\"]}]}";
        String symbols = "{}[]\",:.-+eE019 \nabtfn\\";
        for (int i = 0; i < 50_000; i++) {
            StringBuilder body = new StringBuilder(valid);
            for (int changes = 1 + random.nextInt(3); changes > 0; changes--) {
                int at = random.nextInt(body.length());
                char symbol = symbols.charAt(random.nextInt(symbols.length()));
                switch (random.nextInt(3)) {
                    case 0 -> body.setCharAt(at, symbol);
                    case 1 -> body.insert(at, symbol);
                    default -> body.deleteCharAt(at);
                }
            }
            compare(body.toString());
        }
    }

    /** The reader may leave a request to the parser, but must not read it differently. */
    private void compare(String body) {
        String parsed = parsed(body);
        String plain = plain(body);
        if (plain != null) {
            assertThat(plain).as("seed %d: %s", seed, body).isEqualTo(parsed);
        }
    }

    private static @Nullable String plain(String body) {
        byte[] bytes = ("  " + body).getBytes(UTF_8);
        try {
            InferRequest request = new PlainRequestReader(bytes, 2, bytes.length, MAXIMUM_ROWS).read();
            return request == null ? null : describe(request);
        } catch (RequestException e) {
            return e.getMessage();
        }
    }

    private String parsed(String body) {
        Buffer buffer = Buffer.buffer(body);
        try {
            return describe(parser.parse(buffer, buffer.length()));
        } catch (RequestException e) {
            return e.getMessage();
        }
    }

    private static String describe(InferRequest request) {
        StringBuilder text = new StringBuilder();
        text.append(request.id())
                .append(request.outputs())
                .append(request.parameters().others());
        for (InputTensor input : request.inputs()) {
            text.append(input.name()).append(input.datatype()).append(input.shape());
            TensorData data = input.data();
            for (int i = 0; i < data.size(); i++) {
                text.append(' ').append(data.excerpt(i));
                if (!data.isNull(i) && !input.datatype().isText()) {
                    text.append('=').append(Double.doubleToRawLongBits(data.numbers()[i]));
                }
            }
        }
        return text.toString();
    }

    private String number() {
        return switch (random.nextInt(6)) {
            case 0 -> Long.toString(random.nextLong() >> 8 + random.nextInt(56));
            case 1 -> Double.toString(Double.longBitsToDouble(random.nextLong() & 0x7fdf_ffff_ffff_ffffL));
            case 2 -> Float.toString((float) random.nextGaussian());
            case 3 -> Double.toString(random.nextGaussian());
            case 4 -> String.format(Locale.ROOT, "%." + random.nextInt(20) + "f", 1e6 * random.nextGaussian());
            default -> random.nextInt(1000) + "." + random.nextInt(1_000_000) + "e" + (random.nextInt(60) - 30);
        };
    }

    private static String tensor(String datatype, String shape, String data) {
        return "{\"inputs\": [{\"name\": \"a\", \"datatype\": \"" + datatype + "\", \"shape\": " + shape
                + ", \"data\": " + data + "}]}";
    }
}
