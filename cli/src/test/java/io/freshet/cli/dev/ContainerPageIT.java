package io.freshet.cli.dev;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;
import org.junit.jupiter.api.Test;

/** Would catch job managers in containers whose jobs any page that a browser shows on the same machine can read and cancel. */
class ContainerPageIT {
    private static final String ORIGIN = "https://other.example";

    @Test
    void flinks_web_uis_of_compose_admit_no_pages_of_other_sites() throws Exception {
        List<Configuration> jobManagers = jobManagers();
        assertThat(jobManagers).hasSize(2);
        for (Configuration configuration : jobManagers) {
            try (MiniCluster cluster = new MiniCluster(new MiniClusterConfiguration.Builder()
                    .setConfiguration(configuration)
                    .build())) {
                cluster.start();
                URI address = cluster.getRestAddress().get();
                // 503 until the dispatcher leads.
                HttpResponse<String> jobs = await().atMost(Duration.ofMinutes(1))
                        .until(() -> get(address.resolve("/jobs")), response -> response.statusCode() == 200);
                HttpResponse<String> page = get(address.resolve("/config"));

                assertThat(jobs.headers().allValues("Access-Control-Allow-Origin"))
                        .doesNotContain("*", ORIGIN);
                assertThat(page.body())
                        .contains("\"web-submit\":false", "\"web-cancel\":false", "\"web-rescale\":false");
            }
        }
    }

    /** Sends a request as a page of another site does. */
    private static HttpResponse<String> get(URI address) throws Exception {
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(address).header("Origin", ORIGIN).build(),
                        HttpResponse.BodyHandlers.ofString());
    }

    /** Returns what the job managers set for their web UIs, in docker-compose.yml. */
    private static List<Configuration> jobManagers() throws IOException {
        List<Configuration> all = new ArrayList<>();
        for (String line : Files.readAllLines(Path.of("../docker-compose.yml"))) {
            String setting = line.strip();
            if (setting.startsWith("rest.bind-address: ")) {
                all.add(new Configuration());
                all.get(all.size() - 1).setString("rest.port", "0");
            } else if (setting.startsWith("web.")) {
                String[] parts = setting.split(": ", 2);
                all.get(all.size() - 1).setString(parts[0], parts[1]);
            }
        }
        return all;
    }
}
