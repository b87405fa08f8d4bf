package io.freshet.server.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.learning.lineage.Lineage;
import io.freshet.learning.predict.Snapshot;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.learning.spec.PublishSpec.Lane;
import io.freshet.schemas.evaluation.LatestEvaluations;
import io.freshet.schemas.freshness.SignsOfLife;
import io.freshet.schemas.snapshot.Publication;
import io.freshet.schemas.snapshot.PublishedSnapshot;
import io.freshet.schemas.snapshot.SnapshotCodec;
import io.freshet.schemas.snapshot.SnapshotReader.Change;
import io.freshet.schemas.topic.ParameterKey;
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
        try (ServerMetrics metrics = new ServerMetrics(
                store,
                evaluations,
                new ModelConditions(store, evaluations, new SignsOfLife()),
                InstantSource.system())) {
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

    private static void put(ModelStore store, String name) {
        ModelSpec spec =
                ModelSpec.parse("{name: " + name + ", label: y, loss: mean-squared-error, features: {numeric: [a]}}");
        Snapshot snapshot = new Snapshot(spec, "", 1, 1, new float[2], new double[3], new Lineage(), new long[0], null);
        PublishedSnapshot published = new PublishedSnapshot(
                snapshot, new Publication(spec.hash(), 0, SnapshotCodec.NO_PARENT, "samples", 1, "0.1.0"));
        store.apply(new Change(ParameterKey.snapshot(name, ""), published), Lane.EAGER);
    }
}
