package io.freshet.cli.dev;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** Would catch a Flink process in containers that no alert sees, such as a join whose checkpoints fail. */
class ContainerMetricsTest {
    @Test
    void prometheus_scrapes_every_flink_process_of_compose() throws Exception {
        List<String> processes = new ArrayList<>();
        map(read("../docker-compose.yml").get("services")).forEach((name, service) -> {
            Object environment = map(service).get("environment");
            Object settings = environment == null ? null : map(environment).get("FLINK_PROPERTIES");
            if (settings != null) {
                processes.add(name.toString());
                assertThat(settings.toString())
                        .as("%s", name)
                        .contains("PrometheusReporterFactory\n", "metrics.reporter.prom.port: 9249\n");
            }
        });

        assertThat(scraped("flink")).containsExactlyInAnyOrderElementsOf(processes);
    }

    /** Returns the hosts that Prometheus scrapes as a job. */
    private static List<Object> scraped(String job) throws IOException {
        List<Object> names = new ArrayList<>();
        for (Object config :
                (List<?>) read("../deploy/observability/prometheus.yaml").get("scrape_configs")) {
            if (map(config).get("job_name").equals(job)) {
                for (Object hosts : (List<?>) map(config).get("dns_sd_configs")) {
                    names.addAll((List<?>) map(hosts).get("names"));
                }
            }
        }
        return names;
    }

    private static Map<?, ?> read(String file) throws IOException {
        return map(new Load(LoadSettings.builder().build()).loadFromString(Files.readString(Path.of(file))));
    }

    private static Map<?, ?> map(Object value) {
        return (Map<?, ?>) value;
    }
}
