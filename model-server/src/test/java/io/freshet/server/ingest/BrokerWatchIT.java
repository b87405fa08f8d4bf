package io.freshet.server.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.freshet.schemas.facts.SignsOfLife;
import java.net.InetAddress;
import java.net.ServerSocket;
import org.junit.jupiter.api.Test;

/** Would catch a server that waits for brokers without a word about which, and why. */
class BrokerWatchIT {
    private final SignsOfLife signs = new SignsOfLife();

    @Test
    void names_each_broker_with_the_reason_until_one_answers() throws Exception {
        int unused;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            unused = socket.getLocalPort();
        }
        try (BrokerWatch watch = new BrokerWatch("127.0.0.1:" + unused + ", no-such-host.invalid:9092", signs)) {
            assertThat(watch.problem()).isNull();
            watch.start();

            await().untilAsserted(() -> assertThat(watch.problem())
                    .isEqualTo("Kafka at 127.0.0.1:" + unused
                            + ": Connection refused, no-such-host.invalid:9092: unknown host"
                            + " (check --bootstrap-servers, and that the broker runs)"));

            signs.reachable("freshet.parameters");
            await().untilAsserted(() -> assertThat(watch.problem()).isNull());

            signs.unreachable("freshet.parameters", 1);
            await().untilAsserted(() -> assertThat(watch.problem()).isNotNull());
        }
    }

    @Test
    void a_broker_that_accepts_connections_has_time_to_answer() throws Exception {
        try (ServerSocket socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
                BrokerWatch watch = new BrokerWatch("127.0.0.1:" + socket.getLocalPort(), signs)) {
            watch.start();
            socket.accept().close();

            assertThat(watch.problem()).isNull();
            await().untilAsserted(() -> assertThat(watch.problem())
                    .isEqualTo("Kafka at 127.0.0.1:" + socket.getLocalPort() + ": connected, but no broker answers"
                            + " (check the port, and the settings of TLS and SASL)"));
        }
    }
}
