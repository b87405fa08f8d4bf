package io.freshet.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.freshet.learning.spec.ModelSpec;
import io.freshet.server.HttpAttacks.Attack;
import io.freshet.server.body.ResponseLimits;
import io.freshet.server.http.Limits;
import io.netty.util.internal.PlatformDependent;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Hostile clients, with a thousand idle connections open and honest clients at work. Would catch input that makes the
 * server fail, log errors, keep memory, or turn others away.
 *
 * <p>Attacks are random, from a seed: {@code -Dfreshet.abuse.seed=N}. {@code -Dfreshet.abuse.rounds=N} repeats them.
 */
@Timeout(600)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class AbuseIT {
    private static final long SEED = Long.getLong("freshet.abuse.seed", 1);
    private static final int ROUNDS = Integer.getInteger("freshet.abuse.rounds", 1);
    private static final int THREADS = 4;
    private static final int BODY = 20_000;
    private static final long FLAT = 16L << 20;
    private static final ModelSpec SPEC = ModelSpec.parse(
            "{name: m, label: y, loss: mean-squared-error, features: {numeric: [a], standardize: false}}");
    private static final ModelSpec KEYED =
            ModelSpec.parse("{name: shops, key: shop, label: y, loss: mean-squared-error, features: {numeric: [a]}}");

    private final ErrorLog errors = new ErrorLog();
    private final List<RawHttp> idle = new ArrayList<>();
    private final ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    private final Map<String, Attack> attacks = new TreeMap<>();
    private RunningServer server;
    private HonestClients honest;

    @BeforeAll
    void start() throws IOException {
        server = new RunningServer(ServerOptions.of("unused:1")
                .withAddress("127.0.0.1", 0)
                .withLimits(new Limits(1_000, BODY, 8 << 20, Duration.ofSeconds(1), 3_000)
                        .withResponses(new ResponseLimits(Duration.ofSeconds(1), 8 << 20))));
        server.publish(Published.records(SPEC, "", 1, 1, 1));
        server.publish(Published.records(KEYED, "S1", 1, 1, 1));
        attacks.putAll(new HttpAttacks(server.port(), BODY).all());
        attacks.putAll(new Http2Attacks(server.port(), BODY).all());
        for (int i = 0; i < 1_000; i++) {
            idle.add(new RawHttp(server.port()));
        }
        honest = new HonestClients(server);
    }

    Stream<String> attacks() {
        return attacks.keySet().stream();
    }

    @Order(1)
    @ParameterizedTest
    @MethodSource("attacks")
    void responds_with_the_right_status_to(String attack) throws Exception {
        run(attack, SEED);
    }

    @Order(2)
    @Test
    void memory_is_flat() throws Exception {
        awaitRelease();
        long before = usedBytes();
        for (int round = 0; round < ROUNDS; round++) {
            for (String attack : attacks.keySet()) {
                run(attack, SEED + 1 + round);
            }
        }
        awaitRelease();

        await().untilAsserted(() -> assertThat(usedBytes() - before).isLessThan(FLAT));
    }

    @AfterEach
    void others_were_served_meanwhile() {
        long rest = honest.rest();
        long calls = honest.calls();
        await().until(() -> honest.rest() > rest + 10 && honest.calls() > calls + 10);
        assertThat(honest.failures()).isEmpty();
        assertThat(errors.messages()).isEmpty();
    }

    @AfterAll
    void stop() throws Exception {
        honest.close();
        for (RawHttp connection : idle) {
            connection.close();
        }
        server.close();
        threads.shutdownNow();
        errors.close();
        assertThat(honest.failures()).isEmpty();
    }

    private void run(String attack, long seed) throws Exception {
        List<Callable<Void>> tasks = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            Random random = new Random(31 * seed + i);
            tasks.add(() -> {
                attacks.get(attack).run(random);
                return null;
            });
        }
        for (Future<Void> task : threads.invokeAll(tasks)) {
            task.get();
        }
    }

    /** Waits until only idle and honest clients are connected, and only honest requests hold bytes. */
    private void awaitRelease() {
        awaitConnections(idle.size() + 3);
        await().until(() -> value("freshet_requests_held_bytes ") < 10_000);
    }

    private void awaitConnections(int maximum) {
        await().until(() -> value("freshet_connections ") <= maximum);
    }

    private double value(String metric) {
        return server.scrape()
                .lines()
                .filter(line -> line.startsWith(metric))
                .mapToDouble(line -> Double.parseDouble(line.substring(metric.length())))
                .findFirst()
                .orElseThrow();
    }

    /** Returns what the process holds on the heap and in direct buffers. */
    private static long usedBytes() {
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory() + Math.max(0, PlatformDependent.usedDirectMemory());
    }
}
