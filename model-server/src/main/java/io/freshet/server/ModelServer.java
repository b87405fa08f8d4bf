package io.freshet.server;

import io.freshet.learning.spec.PublishSpec.Lane;
import io.freshet.schemas.evaluation.LatestEvaluations;
import io.freshet.schemas.freshness.SignsOfLife;
import io.freshet.server.ingest.BrokerWatch;
import io.freshet.server.ingest.ConformanceModels;
import io.freshet.server.ingest.ConsumerSettings;
import io.freshet.server.ingest.EvaluationIngest;
import io.freshet.server.ingest.ParameterIngest;
import io.freshet.server.ingest.TopicFollower;
import io.freshet.server.inspect.RecentDeadLetters;
import io.freshet.server.metrics.ModelConditions;
import io.freshet.server.metrics.ServerMetrics;
import io.freshet.server.page.Curves;
import io.freshet.server.store.ModelStore;
import java.time.InstantSource;
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

    private final LatestEvaluations latestEvaluations;
    private final ServerMetrics metrics;
    private final TopicFollower parameters;
    private final TopicFollower committed;
    private final TopicFollower evaluations;
    private final BrokerWatch brokers;
    private final HttpListener http;

    private ModelServer(ServerOptions options, InstantSource clock) {
        ConsumerSettings settings = new ConsumerSettings(options.bootstrapServers(), options.kafka());
        settings.check();
        latestEvaluations = new LatestEvaluations();
        ModelStore store = new ModelStore(options.serving().versions());
        Curves curves = new Curves(latestEvaluations);
        SignsOfLife signs = new SignsOfLife();
        ModelConditions conditions = new ModelConditions(store, latestEvaluations, signs);
        metrics = new ServerMetrics(store, latestEvaluations, conditions, clock);
        brokers = new BrokerWatch(options.bootstrapServers(), signs);
        TopicFollower.Observers observers = new TopicFollower.Observers(metrics, signs, clock);
        ParameterIngest eager = new ParameterIngest(
                Lane.EAGER, store, metrics, options.serving().gates(), clock);
        if (options.serving().conformanceModels()) {
            ConformanceModels.publish(eager, clock.millis());
        }
        parameters = new TopicFollower(settings, options.topics().parameters(), eager, observers);
        committed = new TopicFollower(
                settings,
                options.topics().committed(),
                new ParameterIngest(
                        Lane.COMMITTED, store, metrics, options.serving().gates(), clock),
                observers);
        evaluations = new TopicFollower(
                settings,
                options.topics().metrics(),
                new EvaluationIngest(latestEvaluations, signs, curves::add, curves::remove, clock),
                observers);
        try {
            http = HttpListener.start(
                    options,
                    new ServerState(
                            store,
                            latestEvaluations,
                            conditions,
                            curves,
                            new RecentDeadLetters(() -> settings.open("dead-letters"), clock),
                            metrics,
                            clock),
                    new Readiness(
                            () -> parameters.caughtUp() && committed.caughtUpOrMissing(),
                            brokers::problem,
                            store,
                            conditions,
                            clock,
                            options.serving().maximumStaleness()));
        } catch (RuntimeException e) {
            metrics.close();
            throw e;
        }
        brokers.start();
        parameters.start();
        committed.start();
        evaluations.start();
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
                options.topics().parameters(),
                options.topics().committed(),
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
        return latestEvaluations;
    }

    /** Stops listening and reading, and waits until both have stopped. Idempotent. */
    @Override
    public void close() {
        http.close();
        brokers.close();
        parameters.close();
        committed.close();
        evaluations.close();
        metrics.close();
    }
}
