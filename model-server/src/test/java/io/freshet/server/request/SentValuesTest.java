package io.freshet.server.request;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.server.body.RequestException;
import io.vertx.core.buffer.Buffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Would catch messages with another number than the client sent, which it cannot find in its request. */
class SentValuesTest {
    private final InferRequestReader reader = new InferRequestReader(1_000);

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\'',
            value = {
                "INT8 | [4] | [1, 2, 3, 3e2] | a.data[3]: 3e2",
                "INT8 | [2, 2] | [[1, -0], [128.0, 4]] | a.data[2]: 128.0",
                "INT64 | [1] | [12345678901234567890] | a.data[0]: 12345678901234567890",
                "INT32 | [1] | [0.10] | a.data[0]: 0.10",
                "UINT64 | [2] | [1,-9007199254740993] | a.data[1]: -9007199254740993",
                "FP16 | [1] | [1E+10] | a.data[0]: 1E+10",
                "BYTES | [3] | [\"a, ]\", \"\\\"[\", 5.50] | a.data[2]: 5.50",
                "BYTES | [3] | [\"é\", \"𐍈\", 1e1] | a.data[2]: 1e1",
                "BOOL | [2] | [true, 1.0] | a.data[1]: 1.0",
                "FP64 | [2] | [\"1e1\", true] | a.data[1]: true",
            })
    void messages_quote_values_as_sent(String datatype, String shape, String data, String message) {
        for (String extra : new String[] {"", ", \"id\": \"é\"", ", \"parameters\": {\"x\": 1}"}) {
            for (String space : new String[] {"", " ", "\n\t"}) {
                Buffer body = Buffer.buffer("{\"inputs\": [{\"name\": \"a\", \"shape\": " + shape + ", \"datatype\": \""
                        + datatype + "\", \"data\":" + space + data + "}]" + extra + "}");

                assertThatThrownBy(() -> reader.read(body, body.length()))
                        .isInstanceOf(RequestException.class)
                        .hasMessageStartingWith(message + " (expected: ");
            }
        }
    }

    @Test
    void a_shape_is_quoted_as_sent() {
        for (String size : new String[] {"100000000000000000000", "9007199254740993", "-5"}) {
            Buffer body = Buffer.buffer("{\"inputs\": [{\"name\": \"a\", \"shape\": [" + size
                    + "], \"datatype\": \"FP32\", \"data\": [1]}]}");

            assertThatThrownBy(() -> reader.read(body, body.length())).hasMessageContaining(size);
        }
    }

    @Test
    void the_first_value_is_known_after_the_request_was_read() throws RequestException {
        for (String extra : new String[] {"", ", \"parameters\": {\"x\": 1}"}) {
            byte[] body = ("{\"inputs\": [{\"name\": \"a\", \"shape\": [2], \"datatype\": \"FP64\","
                            + " \"data\": [7.0e0, 8]}]" + extra + "}")
                    .getBytes(UTF_8);

            TensorData data = reader.read(Buffer.buffer(body), body.length)
                    .inputs()
                    .get(0)
                    .data();

            assertThat(data.excerpt(0)).isEqualTo("7.0e0");
        }
    }
}
