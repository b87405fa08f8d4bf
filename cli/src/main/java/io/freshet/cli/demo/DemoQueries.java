package io.freshet.cli.demo;

import io.freshet.cli.dev.RunningStack;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

/**
 * Queries for the running demo: a request with two flights, and commands for the user to paste.
 *
 * @param server address of the model server: {@code http://host:port}
 */
record DemoQueries(String server) {
    private static final Duration READY_TIMEOUT = Duration.ofMinutes(1);
    private static final Duration POLL = Duration.ofMillis(100);
    private static final String FLIGHTS = """
        {"inputs":[\
        {"name":"minute_of_day","shape":[2],"datatype":"FP64","data":[480,1170]},\
        {"name":"day_of_week","shape":[2],"datatype":"FP64","data":[1,4]},\
        {"name":"distance_miles","shape":[2],"datatype":"FP64","data":[733,1846]},\
        {"name":"origin","shape":[2],"datatype":"BYTES","data":["ORD","ATL"]},\
        {"name":"destination","shape":[2],"datatype":"BYTES","data":["LGA","SFO"]}]}\
        """;

    /**
     * Requests a prediction until the server returns one; returns the response.
     *
     * @param stack whose failure ends the wait
     */
    String firstPrediction(RunningStack stack) throws Exception {
        HttpClient client = HttpClient.newHttpClient();
        HttpRequest request = HttpRequest.newBuilder(URI.create(server + "/v2/models/delays/infer"))
                .header("content-type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(FLIGHTS))
                .build();
        long end = System.nanoTime() + READY_TIMEOUT.toNanos();
        while (true) {
            stack.requireRunning();
            HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
            if (response.statusCode() == 200) {
                return response.body();
            }
            if (System.nanoTime() > end) {
                throw new IOException(
                        "no prediction within " + READY_TIMEOUT.toSeconds() + " s; last response: " + response.body());
            }
            Thread.sleep(POLL.toMillis());
        }
    }

    /**
     * Returns the addresses and commands to try.
     *
     * @param flink address of Flink's web UI
     * @param kafka bootstrap servers
     */
    String guide(URI flink, String kafka) {
        return """

            Page with the learning curves         %1$s/
            Flink                                 %2$s/
            Kafka                                 %4$s

            Query the models (paste any line):
              curl -s %1$s/v2/models/delays
              curl -s %1$s/v2/models/delays/infer -H 'content-type: application/json' -d '%3$s'
              curl -s %1$s/v2/models/delays-by-origin/infer -H 'content-type: application/json' -d '%3$s'

            Show what a version learned from, and reproduce it (in another terminal):
              ./freshet history delays --bootstrap-servers %4$s
              ./freshet replay delays --bootstrap-servers %4$s

            """.formatted(server, flink, FLIGHTS, kafka);
    }
}
