package io.freshet.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.freshet.learning.spec.ModelSpec;
import java.net.http.HttpClient;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Requests to read that wait for a worker. Would catch a queue of them that is as long as their clients want it. */
@Timeout(60)
class WaitingRequestsIT {
    private static final ModelSpec M =
            ModelSpec.parse("{name: m, label: y, loss: mean-squared-error, features: {numeric: [a]}}");
    private static final int MOST_SCRAPES = 4;
    private static final int MOST_INSPECTIONS = 64;

    private final RunningServer server = new RunningServer();
    private final CountDownLatch scraped = new CountDownLatch(1);

    @AfterEach
    void stop() {
        scraped.countDown();
        server.close();
    }

    @Test
    void a_bounded_number_waits_for_metrics() throws Exception {
        server.gauge("test.slow", this::slow);
        List<CompletableFuture<HttpResponse<String>>> scrapes = send("/metrics", MOST_SCRAPES + 1);

        assertThat(errors(scrapes)).containsExactly("scrapes in flight: 5 (expected: up to 4; try again)");
        scraped.countDown();
        assertThat(answered(scrapes)).isEqualTo(MOST_SCRAPES);
        assertThat(server.get("/metrics").statusCode()).isEqualTo(200);
    }

    /** Would catch a rollback that waits for the sums over many keys. */
    @Test
    void scrapes_do_not_delay_changes_of_the_repository() throws Exception {
        server.publish(M, 1);
        server.gauge("test.slow", this::slow);
        List<CompletableFuture<HttpResponse<String>>> scrapes = send("/metrics", MOST_SCRAPES + 1);
        await().until(() -> scrapes.stream().anyMatch(CompletableFuture::isDone));

        assertThat(HttpClient.newHttpClient()
                        .sendAsync(
                                server.request("/v2/repository/models/m/unload")
                                        .header("Content-Type", "application/json")
                                        .POST(BodyPublishers.noBody())
                                        .build(),
                                BodyHandlers.ofString())
                        .get(20, TimeUnit.SECONDS)
                        .statusCode())
                .isEqualTo(200);
    }

    @Test
    void a_bounded_number_waits_for_dead_letters() throws Exception {
        server.publish(M, 1);
        List<CompletableFuture<HttpResponse<String>>> inspections;
        synchronized (server.deadLetters) {
            inspections = send("/v2/models/m/dead-letters", MOST_INSPECTIONS + 1);

            assertThat(errors(inspections))
                    .containsExactly("inspections in flight: 65 (expected: up to 64; try again)");
            for (String inMemory : new String[] {"specification", "classes", "keys"}) {
                assertThat(server.get("/v2/models/m/" + inMemory).statusCode()).isEqualTo(200);
            }
        }
        assertThat(answered(inspections)).isEqualTo(MOST_INSPECTIONS);
        assertThat(server.get("/v2/models/m/dead-letters").statusCode()).isEqualTo(200);
    }

    private List<CompletableFuture<HttpResponse<String>>> send(String path, int count) {
        HttpClient client = HttpClient.newHttpClient();
        List<CompletableFuture<HttpResponse<String>>> responses = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            responses.add(client.sendAsync(server.request(path).build(), BodyHandlers.ofString()));
        }
        return responses;
    }

    /** Waits for a response, and returns the errors of those that have come. */
    private static List<String> errors(List<CompletableFuture<HttpResponse<String>>> responses) {
        await().until(() -> responses.stream().anyMatch(CompletableFuture::isDone));
        return responses.stream()
                .filter(CompletableFuture::isDone)
                .map(response -> response.join().body())
                .map(body -> body.replace("{\"error\":\"", "").replace("\"}", ""))
                .toList();
    }

    private static long answered(List<CompletableFuture<HttpResponse<String>>> responses) {
        return responses.stream()
                .filter(response -> response.join().statusCode() == 200)
                .count();
    }

    private double slow() {
        try {
            scraped.await();
            return 1;
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
