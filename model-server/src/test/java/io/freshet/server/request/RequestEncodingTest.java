package io.freshet.server.request;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.server.body.RequestException;
import io.vertx.core.buffer.Buffer;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Would catch bytes that are not UTF-8, and that one reader of requests takes for a text and another component for another one. */
class RequestEncodingTest {
    private static final String NOT_UTF_8 = "body: not UTF-8 (expected: JSON in UTF-8)";
    private static final int MAXIMUM_ROWS = 1_000;

    private final InferRequestReader reader = new InferRequestReader(MAXIMUM_ROWS);

    /** Overlong characters, surrogates, code points beyond U+10FFFF, bytes that start nothing, and characters that are cut off. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "\u00c0\u0080",
                "\u00c1\u00bf",
                "\u00e0\u0080\u00af",
                "\u00e0\u009f\u00bf",
                "\u00f0\u0080\u0080\u0080",
                "\u00f0\u008f\u00bf\u00bf",
                "\u00ed\u00a0\u0080",
                "\u00ed\u00bf\u00bf",
                "\u00ed\u00a0\u0080\u00ed\u00b0\u0080",
                "\u00f4\u0090\u0080\u0080",
                "\u00f7\u00bf\u00bf\u00bf",
                "\u00f8\u0088\u0080\u0080\u0080",
                "\u0080",
                "\u00bf",
                "\u00ff",
                "\u00e2\u0082",
                "\u00e2x\u00ac",
            })
    void rejects_bytes_that_are_not_utf_8(String bytes) {
        for (String body : new String[] {
            "{\"id\": \"?\", \"inputs\": [{\"name\": \"a\", \"shape\": [1], \"datatype\": \"FP32\", \"data\": [1]}]}",
            "{\"inputs\": [{\"name\": \"?\", \"shape\": [1], \"datatype\": \"FP32\", \"data\": [1]}]}",
            "{\"inputs\": [{\"name\": \"a\", \"shape\": [1], \"datatype\": \"BYTES\", \"data\": [\"?\"]}]}",
            "{\"?\": 1, \"inputs\": [{\"name\": \"a\", \"shape\": [1], \"datatype\": \"FP32\", \"data\": [1]}]}",
            "{\"inputs\": [{\"name\": \"a\", \"shape\": [1], \"datatype\": \"FP32\", \"data\": [1]}], \"x\": \"?\"}",
            "{\"inputs\": [{\"name\": \"a\", \"shape\": [1], \"datatype\": \"FP32\", \"data\": [1]}]} ?",
        }) {
            byte[] sent = body.replace("?", bytes).getBytes(ISO_8859_1);

            assertThatThrownBy(() -> reader.read(Buffer.buffer(sent), sent.length))
                    .as(body)
                    .isInstanceOf(RequestException.class)
                    .hasMessage(NOT_UTF_8);
        }
    }

    @Test
    void reads_all_characters_of_utf_8() throws Exception {
        String text = "\u007f\u0080\u07ff\u0800\ud7ff\ue000\uffff\ud800\udc00\udbff\udfff";
        Buffer body = Buffer.buffer("{\"id\": \"" + text
                + "\", \"inputs\": [{\"name\": \"a\", \"shape\": [1], \"datatype\": \"FP32\", \"data\": [1]}]}");

        assertThat(reader.read(body, body.length()).id()).isEqualTo(text);
    }

    @Test
    void accepts_no_other_encoding() {
        byte[] sent = "{\"inputs\": [{\"name\": \"a\", \"shape\": [1], \"datatype\": \"FP32\", \"data\": [1]}]}"
                .getBytes(UTF_16LE);

        assertThatThrownBy(() -> reader.read(Buffer.buffer(sent), sent.length)).isInstanceOf(RequestException.class);
    }

    /** A damaged request is read only if it is UTF-8, and as the parser alone reads it. */
    @Test
    void damaged_bytes_are_read_only_if_they_are_utf_8() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        byte[] valid = ("{\"id\": \"é€𐍈\", \"inputs\": [{\"name\": \"a\", \"shape\": [2],"
                        + " \"datatype\": \"BYTES\", \"data\": [\"x€y\", \"𐍈\"]}]}")
                .getBytes(UTF_8);
        for (int i = 0; i < 50_000; i++) {
            byte[] damaged = valid.clone();
            for (int changes = 1 + random.nextInt(3); changes > 0; changes--) {
                damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
            }
            String read = read(damaged);

            assertThat(read).as("seed %d, request %d", seed, i).isEqualTo(parsed(damaged));
            if (!isUtf8(damaged)) {
                assertThat(read).as("seed %d, request %d", seed, i).startsWith("rejected");
            }
        }
    }

    private String read(byte[] body) {
        try {
            return describe(reader.read(Buffer.buffer(body), body.length));
        } catch (RequestException e) {
            return "rejected: " + e.getMessage();
        }
    }

    private String parsed(byte[] body) {
        try {
            return describe(reader.parse(Buffer.buffer(body), body.length));
        } catch (RequestException e) {
            return "rejected: " + e.getMessage();
        }
    }

    private static String describe(InferRequest request) {
        InputTensor input = request.inputs().get(0);
        return request.id() + input.name() + input.shape() + input.data().excerpt(0);
    }

    private static boolean isUtf8(byte[] bytes) {
        try {
            UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
            return true;
        } catch (CharacterCodingException e) {
            return false;
        }
    }
}
