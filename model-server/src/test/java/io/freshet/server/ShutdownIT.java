package io.freshet.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.freshet.learning.spec.ModelSpec;
import io.vertx.core.json.JsonObject;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Would catch a server that cuts off requests in progress when it stops. */
@Timeout(60)
class ShutdownIT {
    private static final int REQUESTS = 4;
    private static final int ROWS = 20;
    private static final int CLASSES = 50_000;

    @Test
    void completes_requests_in_progress_when_the_server_closes() throws Exception {
        RunningServer server = new RunningServer();
        server.publish(Published.records(
                ModelSpec.parse("{name: wide, label: y, loss: sparse-categorical-cross-entropy, outputs: " + CLASSES
                        + ", features: {numeric: [a]}}"),
                "",
                1,
                0,
                1));
        String body = InferBodies.inputs(
                InferBodies.tensor("a", "[" + ROWS + "]", "FP64", "[" + "1,".repeat(ROWS - 1) + "1]"));
        String request = "POST /v2/models/wide/infer HTTP/1.1\r\nHost: x\r\nContent-Length: " + body.length()
                + "\r\n\r\n" + body;
        List<Socket> clients = new ArrayList<>();
        for (int i = 0; i < REQUESTS; i++) {
            Socket client = new Socket(InetAddress.getLoopbackAddress(), server.port());
            client.getOutputStream().write(request.getBytes(UTF_8));
            clients.add(client);
        }
        // No response fits into the socket buffers, so all requests are in flight until their responses are read.
        await().until(() -> server.scrape().contains("freshet_requests_in_flight " + REQUESTS + ".0"));

        CompletableFuture<Void> closing = CompletableFuture.runAsync(server::close);

        // Reads all responses before parsing any, because the server closes connections after a few seconds.
        List<String> responses = new ArrayList<>();
        for (Socket client : clients) {
            responses.add(new String(client.getInputStream().readAllBytes(), UTF_8));
            client.close();
        }
        for (String response : responses) {
            assertThat(response).startsWith("HTTP/1.1 200 ");
            JsonObject probabilities = new JsonObject(response.substring(response.indexOf("\r\n\r\n")))
                    .getJsonArray("outputs")
                    .getJsonObject(0);
            assertThat(probabilities.getJsonArray("data").size()).isEqualTo(ROWS * CLASSES);
        }
        closing.join();
    }

    @Test
    void open_pages_do_not_prevent_closing() throws Exception {
        RunningServer server = new RunningServer();
        var page = HttpClient.newHttpClient().send(server.request("/ui/stream").build(), BodyHandlers.ofLines());

        server.close();

        assertThat(page.body()).as("the stream ends without an error").isNotEmpty();
    }
}
