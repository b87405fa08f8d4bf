package io.freshet.cli.dev;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.freshet.cli.kafka.AppliedSpecs;
import io.freshet.job.topology.FormatOptions;
import io.freshet.job.topology.StateSettings;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.kafka.Topics;
import io.freshet.server.Browser;
import io.freshet.server.ModelServer;
import io.freshet.server.ServerOptions;
import io.freshet.server.store.VersionLimits;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.JobID;
import org.apache.kafka.clients.producer.Producer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The page in a real browser, with a real broker, a real job, and the flights of the demo. */
@Timeout(180)
class DemoPageIT {
    private static final int FLIGHTS_PER_SECOND = 1_500;
    private static final String DRAWING = "return document.querySelector('canvas').toDataURL()";
    private static final String SERVED =
            "return fetch('/v2/models/delays').then(r => r.json()).then(m => m.properties.version === arguments[0])";

    @Test
    void a_model_learns_is_rolled_back_and_loses_its_trainer() throws Exception {
        assumeTrue(
                Browser.missing() == null,
                () -> Browser.missing() + ": not found (expected: Debian's chromium and chromium-driver)");
        List<ModelSpec> specs = List.of(Examples.spec("delays.yaml"));
        try (LocalStack stack = LocalStack.open(
                        StackDirectory.temporary(),
                        0,
                        new StackTopics(Topics.of(Topics.DEFAULT_PREFIX), 1, null),
                        1,
                        StateSettings.DEFAULT);
                Producer<byte[], byte[]> producer = stack.kafkaOptions().producer(Map.of())) {
            AppliedSpecs.read(stack.kafkaOptions()).write(List.of(), specs, System.currentTimeMillis());
            JobID job = new DevJobs(stack, new FormatOptions()).startTrainer(StateSettings.DEFAULT);
            Thread flights = send(stack, specs, producer);
            try (ModelServer server = ModelServer.start(options(stack));
                    Browser browser = Browser.start()) {
                await().atMost(Duration.ofSeconds(90))
                        .until(() -> server.latestEvaluations().total("delays") != null);
                browser.open("http://127.0.0.1:" + server.port() + "/");
                assertTheCurveMoves(browser);
                browser.click("#model-delays");
                assertVersionsAreChosen(browser);

                stack.cluster().cancel(job);

                browser.awaitText("#state", "trainer gone for");
                browser.click("h1 a");
                browser.awaitText("#models .state", "trainer gone for");
                assertThat(browser.complaints()).isEmpty();
            } finally {
                flights.interrupt();
                flights.join();
            }
        }
    }

    private static void assertTheCurveMoves(Browser browser) {
        browser.awaitText("#models .state", "learning");
        browser.awaitText("figure .legend", "since start");
        Object drawn = browser.run(DRAWING);
        Object samples = browser.run("return document.querySelector('#models td:nth-of-type(3)').textContent");
        browser.awaitTrue(
                "return document.querySelector('#models td:nth-of-type(3)').textContent !== arguments[0]", samples);
        browser.awaitTrue(DRAWING + " !== arguments[0]", drawn);
    }

    /** Pins an older version, follows the newest again, and rolls back, while newer versions are published. */
    private static void assertVersionsAreChosen(Browser browser) {
        browser.click("#version-rows tr.kept button");
        String pinned = version(browser, "pinned");
        browser.awaitTrue(SERVED, pinned);

        browser.click("#follow");
        String live = version(browser, "live");
        assertThat(Long.parseLong(live)).isGreaterThan(Long.parseLong(pinned));

        browser.awaitText("#rollback", "Roll back to ");
        browser.click("#rollback");
        browser.awaitTrue(SERVED, version(browser, "pinned"));
    }

    /** Waits for a version in a state, and returns it. */
    private static String version(Browser browser, String state) {
        String row = "#serving-row tr." + state + " th";
        browser.awaitTrue("return document.querySelector(arguments[0]) != null", row);
        return ((String) browser.run("return document.querySelector(arguments[0]).textContent", row)).replace(",", "");
    }

    /** Keeps all versions, so that none is gone when it is clicked on. */
    private static ServerOptions options(LocalStack stack) {
        ServerOptions.Serving serving = ServerOptions.Serving.DEFAULT;
        return ServerOptions.of(stack.bootstrapServers())
                .withAddress("127.0.0.1", 0)
                .withServing(new ServerOptions.Serving(
                        serving.unknownKeys(),
                        serving.parents(),
                        new VersionLimits(10_000, 1L << 30),
                        serving.maximumStaleness(),
                        serving.gates(),
                        serving.conformanceModels()));
    }

    /** Sends flights on a thread of its own until it is interrupted. */
    private static Thread send(LocalStack stack, List<ModelSpec> specs, Producer<byte[], byte[]> producer)
            throws Exception {
        Path file = stack.directory().resolve("flights.csv.gz");
        try (InputStream flights = Examples.open("flights.csv.gz")) {
            Files.copy(flights, file);
        }
        ExampleStream stream = new ExampleStream(file, specs, stack.topics().samples(), 1, FLIGHTS_PER_SECOND);
        Thread thread = new Thread(
                () -> {
                    try {
                        stream.play(producer, notice -> {});
                    } catch (Exception e) {
                        throw new IllegalStateException(e);
                    }
                },
                "flights");
        thread.setDaemon(true);
        thread.start();
        return thread;
    }
}
