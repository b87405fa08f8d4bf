package io.freshet.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.freshet.learning.spec.ModelSpec;
import io.freshet.server.http.Limits;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What arrives together with the chunk for which a body is rejected. Would catch bytes that are counted forever. */
@Timeout(60)
class RejectedBodiesIT {
    private static final int HELD = 30_000;
    private static final int REPOSITORY_BODY = 64 << 10;
    /** As many bytes as the server reads into one chunk. */
    private static final int CHUNK = 8_192;

    private static final int REQUESTS = 20;
    private static final ModelSpec SPEC =
            ModelSpec.parse("{name: m, label: y, loss: mean-squared-error, features: {numeric: [a]}}");

    private final RunningServer server = new RunningServer(ServerOptions.of("unused:1")
            .withAddress("127.0.0.1", 0)
            .withLimits(new Limits(1_000, HELD, HELD, Duration.ofSeconds(40), 100)));

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void a_chunk_after_the_one_that_is_too_large_holds_nothing() throws Exception {
        for (int i = 0; i < REQUESTS; i++) {
            try (RawHttp client = begin("/v2/repository/index")) {
                int first = REPOSITORY_BODY - CHUNK + 1;
                client.send(chunk(first));
                awaitHeld(first);
                client.send(chunk(CHUNK) + chunk(CHUNK - 1) + chunk(0));
                client.readUntil("HTTP/1.1 413 ");
            }
            awaitHeld(0);
        }
    }

    @Test
    void a_chunk_after_the_one_that_does_not_fit_in_memory_holds_nothing() throws Exception {
        server.publish(SPEC, 1);
        int free = CHUNK - 1;
        try (RawHttp slow = begin("/v2/models/m/infer")) {
            slow.send(chunk(HELD - free));
            awaitHeld(HELD - free);
            for (int i = 0; i < REQUESTS; i++) {
                try (RawHttp client = begin("/v2/models/m/infer")) {
                    client.send(chunk(CHUNK) + chunk(free) + chunk(0));
                    client.readUntil("HTTP/1.1 503 ");
                }
                awaitHeld(HELD - free);
            }
        }
        awaitHeld(0);
    }

    private RawHttp begin(String path) throws IOException {
        RawHttp client = new RawHttp(server.port());
        client.send("POST " + path
                + " HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n");
        return client;
    }

    private static String chunk(int bytes) {
        return Integer.toHexString(bytes) + "\r\n" + " ".repeat(bytes) + "\r\n";
    }

    private void awaitHeld(int bytes) {
        await().untilAsserted(() ->
                assertThat(server.scrape().lines()).contains("freshet_requests_held_bytes " + bytes + ".0"));
    }
}
