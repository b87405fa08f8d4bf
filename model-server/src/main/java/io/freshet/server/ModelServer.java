package io.freshet.server;

import io.freshet.schemas.facts.LatestEvaluations;
import io.freshet.server.ingest.ConsumerSettings;
import io.freshet.server.inspect.Inspections;
import io.freshet.server.inspect.RecentDeadLetters;
import io.freshet.server.inspect.RecentSamples;
import java.time.InstantSource;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A model server: follows the parameters topics of both lanes, serves their models, and shows their progress on a page.
 *
 * <p>The server is live when {@code start} returns, with or without a broker. It is ready once it has read the topics
 * to their initial ends and serves at least one model, none of them staler than the options allow. The topic of the committed lane need not exist. Several servers
 * can run in one JVM. Thread-safe.
 */
public final class ModelServer implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(ModelServer.class);

    /** Records per poll when recent ones are read on request. */
    private static final int POLLED = 5_000;

    private final ServerState state;
    private final Ingest ingest;
    private final HttpListener http;

    private ModelServer(ServerOptions options, InstantSource clock) {
        ConsumerSettings settings = new ConsumerSettings(
                options.kafka().bootstrapServers(), options.kafka().settings());
        settings.check();
        state = new ServerState(options.serving().versions(), clock);
        ingest = new Ingest(options, settings, state);
        Readiness readiness = new Readiness(
                ingest::caughtUp, ingest::problem, state, options.serving().maximumStaleness());
        Inspections.RecentRecords recent = recent(
                options.endpoint(),
                () -> settings.openBounded("dead-letters", POLLED),
                () -> settings.openBounded("samples", POLLED),
                clock);
        try {
            http = HttpListener.start(options, state, new ModelServices(options, state, readiness, recent));
        } catch (RuntimeException e) {
            state.close();
            throw e;
        }
        ingest.start();
    }

    /** Values of records are shown to those who may ask for predictions, not to every host. */
    static Inspections.RecentRecords recent(
            ServerOptions.Endpoint endpoint,
            Supplier<Consumer<byte[], byte[]>> deadLetters,
            Supplier<Consumer<byte[], byte[]>> samples,
            InstantSource clock) {
        return new Inspections.RecentRecords(
                new RecentDeadLetters(deadLetters, endpoint::shownReason, clock),
                new RecentSamples(endpoint.isOpen() ? null : samples, clock));
    }

    /**
     * Starts a server.
     *
     * @throws PortInUseException if another process listens on the port
     * @throws IllegalArgumentException if the address, the TLS files, or the Kafka settings cannot be used
     */
    public static ModelServer start(ServerOptions options) {
        ModelServer server = new ModelServer(options, InstantSource.system());
        log.info(
                "serving {} and {} on {}://{}:{}{}",
                options.kafka().topics().parameters(),
                options.kafka().topics().committed(),
                options.endpoint().tls() == null ? "http" : "https",
                options.endpoint().host(),
                server.port(),
                options.endpoint().tokens().isEmpty() ? "" : ", token required");
        if (options.endpoint().isOpen()) {
            log.warn(
                    "{}: any host can send requests (expected: --token-file or --tokens, or --host {})",
                    options.endpoint().host(),
                    ServerOptions.DEFAULT_HOST);
        }
        return server;
    }

    /** Returns the port that the server listens on. */
    public int port() {
        return http.port();
    }

    /** Shows a sentence on the page, in place of the one before. */
    public void notice(String text) {
        http.notice(text);
    }

    /** Returns the latest evaluations read from the metrics topic. */
    public LatestEvaluations latestEvaluations() {
        return state.evaluations;
    }

    /** Stops listening and reading, and waits until both have stopped. Idempotent. */
    @Override
    public void close() {
        http.close();
        ingest.close();
        state.close();
    }
}
