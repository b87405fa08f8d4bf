package io.freshet.server.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.learning.features.Lineage;
import io.freshet.learning.predict.Snapshot;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.learning.spec.PublishSpec.Lane;
import io.freshet.schemas.facts.LatestEvaluations;
import io.freshet.schemas.facts.SignsOfLife;
import io.freshet.schemas.kafka.FreshetVersion;
import io.freshet.schemas.kafka.ParameterKey;
import io.freshet.schemas.snapshot.Publication;
import io.freshet.schemas.snapshot.PublishedSnapshot;
import io.freshet.schemas.snapshot.SnapshotCodec;
import io.freshet.schemas.snapshot.SnapshotReader.Change;
import io.freshet.server.store.ModelStore;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class ServerMetricsTest {
    private static final int MODELS = 50;

    /** Would catch rows that are missing from a scrape because another scrape is rebuilding them. */
    @Test
    void concurrent_scrapes_each_contain_all_models() throws Exception {
        ModelStore store = new ModelStore();
        LatestEvaluations evaluations = new LatestEvaluations();
        for (int i = 0; i < MODELS; i++) {
            put(store, "m" + i);
        }
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try (ServerMetrics metrics = metrics(store, evaluations)) {
            Callable<Long> scrape = () -> metrics.scrape()
                    .lines()
                    .filter(line -> line.startsWith("freshet_model_version{"))
                    .count();
            List<Future<Long>> rows = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                rows.add(threads.submit(scrape));
            }
            for (Future<Long> each : rows) {
                assertThat(each.get()).isEqualTo(MODELS);
            }
        } finally {
            threads.shutdownNow();
        }
    }

    private static ServerMetrics metrics(ModelStore store, LatestEvaluations evaluations) {
        return new ServerMetrics(
                store, evaluations, new ModelConditions(store, evaluations, new SignsOfLife()), InstantSource.system());
    }

    @Test
    void every_metric_has_a_help_text_and_counters_start_at_0() {
        ModelStore store = new ModelStore();
        put(store, "m");
        try (ServerMetrics metrics = metrics(store, new LatestEvaluations())) {
            metrics.lag("parameters", Double.NaN);
            metrics.expectRejections(List.of("slow"));
            metrics.swap("m", "swapped");
            List<String> lines = metrics.scrape().lines().toList();

            assertThat(lines)
                    .contains(
                            "freshet_build_info{version=\"" + FreshetVersion.VERSION + "\"} 1",
                            "freshet_broker_connected{topic=\"parameters\"} 0.0",
                            "freshet_records_broken_total{topic=\"parameters\"} 0.0",
                            "freshet_rejected_total{reason=\"slow\"} 0.0",
                            "freshet_swaps_total{model=\"m\",result=\"swapped\"} 1.0",
                            "freshet_swaps_total{model=\"m\",result=\"broken\"} 0.0",
                            "freshet_model_published_timestamp_seconds{model=\"m\"} 0.001",
                            "freshet_swap_duration_seconds_bucket{le=\"1.0E-4\"} 0");
            for (String line : lines) {
                if (line.startsWith("# TYPE freshet_")) {
                    assertThat(lines).anyMatch(help -> help.startsWith("# HELP " + line.split(" ")[2] + " "));
                }
            }
        }
    }

    private static void put(ModelStore store, String name) {
        ModelSpec spec =
                ModelSpec.parse("{name: " + name + ", label: y, loss: mean-squared-error, features: {numeric: [a]}}");
        Snapshot snapshot = new Snapshot(spec, "", 1, 1, new float[2], new double[3], new Lineage(), new long[0], null);
        PublishedSnapshot published = new PublishedSnapshot(
                snapshot, new Publication(spec.hash(), 0, SnapshotCodec.NO_PARENT, "samples", 1, "0.1.0"));
        store.apply(new Change(ParameterKey.snapshot(name, ""), published), Lane.EAGER);
    }
}
