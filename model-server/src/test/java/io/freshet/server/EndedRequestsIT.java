package io.freshet.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.freshet.server.http.Limits;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import javax.management.ObjectName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Would catch requests that stay in memory after their responses: a client that sends no bodies could fill it with them. */
@Timeout(60)
class EndedRequestsIT {
    private static final byte[] NO_TABLE = {0, 1, 0, 0, 0, 0};
    private static final int REQUESTS = 500;

    @Test
    void a_rejected_call_whose_message_never_comes_is_forgotten() throws Exception {
        try (RunningServer server = new RunningServer(ServerOptions.of("unused:1")
                        .withAddress("127.0.0.1", 0)
                        .withLimits(new Limits(1_000, 20_000, 1 << 30, Duration.ofSeconds(100), 100)));
                RawHttp2 client = new RawHttp2(server.port(), NO_TABLE)) {
            byte[] head = RawHttp2.grpc("/none/None");
            for (int i = 0; i < REQUESTS; i++) {
                client.send(RawHttp2.frame(RawHttp2.HEADERS, RawHttp2.END_HEADERS, 2 * i + 1, head));
                assertThat(client.response(2 * i + 1))
                        .as("stream %d", 2 * i + 1)
                        .isNotNull();
            }

            await().until(() -> inMemory("Http2ServerRequest") < REQUESTS / 10);
        }
    }

    /** Returns the number of objects of a class of Vert.x, after a garbage collection. */
    private static int inMemory(String name) throws Exception {
        String histogram = (String) ManagementFactory.getPlatformMBeanServer()
                .invoke(
                        new ObjectName("com.sun.management:type=DiagnosticCommand"),
                        "gcClassHistogram",
                        new Object[] {new String[0]},
                        new String[] {String[].class.getName()});
        return histogram
                .lines()
                .map(line -> line.strip().split("\\s+"))
                .filter(fields -> fields.length > 3 && fields[3].endsWith(".impl." + name))
                .mapToInt(fields -> Integer.parseInt(fields[1]))
                .sum();
    }
}
