package io.freshet.server.answers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.schemas.loop.OutcomeRecord;
import io.freshet.server.body.RequestException;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Would catch a damaged body that fails in another way than as a request, or an invalid outcome that spoils its neighbors. */
class OutcomeReaderTest {
    private static final long SEED = 20261201;
    private final OutcomeReader reader = new OutcomeReader(100);

    @Test
    void an_invalid_outcome_does_not_affect_the_others() throws Exception {
        List<OutcomeReader.Read> read = read("{\"outcomes\": [{\"id\": \"a\"}, {\"id\": {\"x\": [1]}, \"value\": 1},"
                + " {\"value\": [[]], \"id\": \"c\"}, {\"id\": \"d\", \"value\": true}]}");

        assertThat(read)
                .extracting(OutcomeReader.Read::problem)
                .containsExactly(
                        "",
                        "id: an object (expected: a text)",
                        "value: an array (expected: a number, true, false, or the name of a class)",
                        "");
        assertThat(read.get(3).require().id()).isEqualTo("d");
        assertThatThrownBy(() -> read.get(1).require()).hasMessage("id: an object (expected: a text)");
    }

    @Test
    void the_fields_of_one_outcome_may_come_in_any_order() throws Exception {
        OutcomeRecord outcome =
                read("{\"value\": 1, \"shown\": true, \"id\": \"a\"}").get(0).require();

        assertThat(outcome.id()).isEqualTo("a");
        assertThat(outcome.isExposed("shown")).isTrue();
    }

    @Test
    void damaged_bodies_are_read_or_rejected_as_requests() {
        Random random = new Random(SEED);
        byte[] list = ("{\"outcomes\":[{\"id\":\"r1\",\"value\":1.5,\"time\":\"2026-01-01T00:00:00Z\"},"
                        + "{\"id\":\"r2\",\"shown\":true,\"outcome_id\":\"o\"}]}")
                .getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < 20_000; i++) {
            byte[] damaged = list.clone();
            for (int change = 0; change < 1 + random.nextInt(4); change++) {
                damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
            }
            try {
                assertThat(reader.read(Buffer.buffer(damaged), "shown"))
                        .as("seed %d, body %d", SEED, i)
                        .isNotEmpty();
            } catch (RequestException e) {
                assertThat(e.status()).isEqualTo(400);
                assertThat(e).hasMessageContaining("(expected: ");
            }
        }
    }

    private List<OutcomeReader.Read> read(String body) throws RequestException {
        return reader.read(Buffer.buffer(body), "shown");
    }
}
