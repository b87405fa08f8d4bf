package io.freshet.cli.dev;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.freshet.cli.dev.ListeningSockets.Listening;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Would catch a Flink cluster of {@code dev}, {@code demo}, or {@code bench} that runs the code, or cancels the
 * job, of whoever reaches its port: another machine, or a page of another site in the browser of this one.
 */
@Timeout(120)
class LocalClusterAccessIT {
    private static final long PAUSE_NANOS = 1_000_000;
    private static final String MULTIPART = """
            --b\r
            Content-Disposition: form-data; name="jarfile"; filename="a.jar"\r
            Content-Type: application/x-java-archive\r
            \r
            PK\r
            --b--\r
            """;

    @TempDir
    private Path directory;

    @Test
    void no_request_runs_code_or_stops_the_job() throws Exception {
        try (LocalCluster cluster = startWithPage()) {
            JobID job = submit(cluster);
            for (String prefix : List.of("", "/v1")) {
                for (String request : List.of(
                        "POST /jars/upload",
                        "POST /jars/a.jar/run",
                        "POST /jobs",
                        "POST /jobs/JOB/savepoints",
                        "POST /jobs/JOB/checkpoints",
                        "POST /jobs/JOB/stop",
                        "POST /savepoint-disposal",
                        "PATCH /jobs/JOB?mode=cancel",
                        "PATCH /jobs/JOB/rescaling?parallelism=1",
                        "PUT /jobs/JOB/resource-requirements",
                        "GET /jobs/JOB/yarn-cancel",
                        "GET /jobs/JOB/yarn-stop",
                        "DELETE /jars/a.jar",
                        "DELETE /cluster")) {
                    String[] parts = request.split(" ");
                    String path = prefix + parts[1].replace("JOB", job.toString());
                    assertThat(send(cluster, parts[0], path, "multipart/form-data; boundary=b", MULTIPART)
                                    .statusCode())
                            .as("%s %s", parts[0], path)
                            .isBetween(400, 499);
                }
            }
            assertThat(cluster.status(job).get()).isEqualTo(JobStatus.RUNNING);
            try (Stream<Path> uploaded = Files.walk(directory.resolve("tmp/upload"))) {
                assertThat(uploaded.filter(Files::isRegularFile)).isEmpty();
            }
        }
    }

    @Test
    void pages_of_other_origins_cannot_read_the_answers() throws Exception {
        try (LocalCluster cluster = startWithPage()) {
            for (String method : List.of("GET", "OPTIONS")) {
                HttpResponse<String> answer = send(cluster, method, "/overview", "text/plain", "");
                assertThat(answer.headers().allValues("Access-Control-Allow-Origin"))
                        .as(method)
                        .isSubsetOf("none");
            }
            assertThat(send(cluster, "GET", "/overview", "text/plain", "").body())
                    .contains("slots-total");
            assertThat(send(cluster, "GET", "/", "text/plain", "").body()).contains("<html");
        }
    }

    /** The browser sends the name of the site whose address it looked up. */
    @Test
    void only_requests_that_name_this_machine_are_answered() throws Exception {
        try (LocalCluster cluster = startWithPage()) {
            int port = cluster.webAddress().getPort();
            for (String path : List.of("/overview", "/")) {
                assertThat(status(port, path, "Host: 127.0.0.1:" + port)).contains(" 200 ");
                assertThat(status(port, path, "Host: localhost:" + port)).contains(" 200 ");
                // The port at the other end of a tunnel, such as ssh -L 9999:127.0.0.1:PORT.
                assertThat(status(port, path, "Host: localhost:9999")).contains(" 200 ");
                assertThat(status(port, path, "Host: 127.0.0.1")).contains(" 200 ");
                assertThat(status(port, path, "Host: evil.example:" + port)).contains(" 403 ");
                assertThat(status(port, path, "Host: localhost.evil.example:" + port))
                        .contains(" 403 ");
                assertThat(status(port, path, "Host: 127.0.0.1:" + port + ".evil.example"))
                        .contains(" 403 ");
                assertThat(status(port, path, "Host: evil.example")).contains(" 403 ");
                assertThat(status(port, path, "X: y")).as("no Host").contains(" 403 ");
            }
        }
    }

    @Test
    void listens_on_loopback_only() throws Exception {
        assumeTrue(ListeningSockets.areKnown(), "no /proc/self/net/tcp");
        Set<Listening> before = ListeningSockets.all();
        try (LocalCluster cluster = startWithPage()) {
            submit(cluster);
            Set<Listening> opened = ListeningSockets.all();
            opened.removeAll(before);
            assertThat(opened)
                    .extracting(Listening::port)
                    .contains(cluster.webAddress().getPort());
            assertThat(opened).allMatch(Listening::isLoopback);
        }
    }

    /** Returns when the page has a leader to ask. */
    private LocalCluster startWithPage() throws Exception {
        LocalCluster cluster = LocalCluster.start(directory, 1);
        int port = cluster.webAddress().getPort();
        await().atMost(Duration.ofMinutes(1))
                .until(() -> status(port, "/overview", "Host: localhost").contains(" 200 "));
        return cluster;
    }

    /** Runs a job that does not end. */
    private static JobID submit(LocalCluster cluster) throws Exception {
        JobID job = cluster.submit(
                env -> env.fromSequence(0, Long.MAX_VALUE)
                        .map(number -> {
                            LockSupport.parkNanos(PAUSE_NANOS);
                            return number;
                        })
                        .returns(Long.class)
                        .sinkTo(new DiscardingSink<>()),
                Duration.ofSeconds(1));
        await().until(() -> cluster.status(job).get() == JobStatus.RUNNING);
        return job;
    }

    private HttpResponse<String> send(LocalCluster cluster, String method, String path, String type, String body)
            throws Exception {
        URI address = cluster.webAddress().resolve(path);
        // Flink closes a connection whose request it refuses, so none is used twice.
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(address)
                                .method(method, BodyPublishers.ofString(body))
                                .header("Content-Type", type)
                                .header("Origin", "http://evil.example")
                                .build(),
                        BodyHandlers.ofString());
    }

    /** Returns the first line of the response, or an empty string. */
    private static String status(int port, String path, String header) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(10_000);
            String request = "GET " + path + " HTTP/1.1\r\n" + header + "\r\nConnection: close\r\n\r\n";
            socket.getOutputStream().write(request.getBytes(US_ASCII));
            byte[] response = socket.getInputStream().readNBytes(64);
            return new String(response, US_ASCII).lines().findFirst().orElse("");
        } catch (SocketException | SocketTimeoutException e) {
            return "";
        }
    }
}
