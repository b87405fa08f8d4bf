package io.freshet.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.learning.spec.ModelSpec;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A hundred swaps under load.
 *
 * <p>Would catch a swap that changes the parameter set of a request in progress, a response with the wrong version, and
 * a gap without a model while one is assembled from blocks. All parameters of version v are v, so a prediction reveals
 * its version.
 */
@Timeout(120)
class SwapFaultIT {
    private static final int CLIENTS = 4;
    private static final int SWAPS = 100;
    private static final int ROWS = 200;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{name: m, label: y, loss: mean-squared-error, features: {categorical: [c], hashBits: 4}}",
                "{name: m, label: y, loss: mean-squared-error, features: {categorical: [c], hashBits: 18}}",
            })
    void a_hundred_swaps_fail_no_request_and_mix_no_versions(String yaml) throws Exception {
        ModelSpec spec = ModelSpec.parse(yaml);
        ExecutorService pool = Executors.newFixedThreadPool(CLIENTS);
        try (RunningServer server = new RunningServer()) {
            server.publish(Published.records(spec, "", 1, 1, 1));
            AtomicBoolean done = new AtomicBoolean();
            AtomicLong responses = new AtomicLong();
            Set<Long> versions = new ConcurrentSkipListSet<>();
            List<Future<?>> clients = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                clients.add(pool.submit(() -> {
                    String request = request();
                    long last = 0;
                    while (!done.get()) {
                        long version = check(server.infer("m", request));
                        assertThat(version).as("versions never go back").isGreaterThanOrEqualTo(last);
                        last = version;
                        versions.add(version);
                        responses.incrementAndGet();
                    }
                    return null;
                }));
            }
            for (long version = 2; version <= SWAPS + 1; version++) {
                long before = responses.get();
                server.publish(Published.records(spec, "", version, (float) version, version));
                // After a crash, versions are published again; they change nothing.
                server.publish(Published.records(spec, "", version / 2, version / 2f, version));
                Awaitility.await()
                        .pollDelay(Duration.ZERO)
                        .pollInterval(Duration.ofMillis(1))
                        .until(() ->
                                responses.get() > before || clients.stream().anyMatch(Future::isDone));
            }
            done.set(true);
            for (Future<?> client : clients) {
                client.get();
            }
            assertThat(check(server.infer("m", request()))).isEqualTo(SWAPS + 1);
            assertThat(versions).as("swaps were seen").hasSizeGreaterThan(SWAPS / 4);
        } finally {
            pool.shutdownNow();
        }
    }

    /** Returns the version of a response, and checks that all rows have that version. */
    private static long check(JsonObject response) {
        long version = Long.parseLong(response.getString("model_version"));
        JsonArray data = response.getJsonArray("outputs").getJsonObject(0).getJsonArray("data");
        Set<Object> distinct = data.stream().collect(Collectors.toSet());
        assertThat(data).hasSize(ROWS);
        // The bias and one category, each with the version as its parameter.
        assertThat(distinct).as("version %d", version).containsExactly(2.0 * version);
        return version;
    }

    private static String request() {
        StringBuilder data = new StringBuilder("[\"c0\"");
        for (int i = 1; i < ROWS; i++) {
            data.append(",\"c").append(i).append('"');
        }
        return InferBodies.inputs(InferBodies.tensor(
                "c", "[" + ROWS + "]", "BYTES", data.append("]").toString()));
    }
}
